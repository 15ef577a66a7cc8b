import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runApoctl, scratchFolder } from '../helpers/run-apoctl.ts'

/** Nobody is asked there. */
const there = ['--api', 'https://127.0.0.1:1', '--token', 'x', '--namespace', '/a']
const install = (...more: readonly string[]) => runApoctl(['enforcer', 'install', 'linux', ...there, ...more])
const fromConsole = ['--from-url', 'console']

describe('apoctl enforcer install linux --render', () => {
  it.each([
    [['--render', 'ssm', ...fromConsole, '--serial', '1'], '--serial plays no part with --render ssm'],
    [['--render', 'script', '--dry-run'], '--dry-run plays no part with --render script'],
    [['--installation-mode', 'script', '--plan-out', 'p'], '--plan-out plays no part with --render script'],
    [
      ['--render', 'cloud-init', ...fromConsole, '--host', 'a'],
      '--host plays no part with --render cloud-init',
    ],
    [
      ['--render', 'ansible', '--token-validity', '1h'],
      '--token-validity plays no part with --render ansible',
    ],
    [['--render', 'ansible', '--auth-mode', 'appcred'], '--auth-mode plays no part with --render ansible'],
    [['--output-dir', 'x'], '--output-dir plays no part without --render'],
    [['--render', 'script', '--installation-mode', 'script'], 'cannot also be provided'],
  ])('%j is a usage error that names the flag', async (words, says) => {
    const ended = await install(...words)
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ended.stderr).toContain(says)
  })

  it.each(['cloud-init', 'ssm', 'terraform-user-data'])(
    '%s has to be told where hosts download from, and what a profile says of our own runs is no obstacle',
    async (engine) => {
      const words = ['enforcer', 'install', 'linux', ...there, '--render', engine]
      const ended = await runApoctl(words, { env: { APOCTL_CONCURRENCY: '5' } })
      expect(ended).toMatchObject({ exitCode: 2 })
      expect(ended.stderr).toContain(`--render ${engine} is too small to carry the enforcer along`)
      expect(ended.stderr).toContain('--from-url console')
    },
  )

  it('names a host that has tags of its own, for what is written is the same for all', async () => {
    const inventory = join(scratchFolder(), 'own.yaml')
    writeFileSync(inventory, 'hosts:\n  - name: web1\n    tags: [a=b]\n  - web2\n')
    const ended = await install('--render', 'ansible', ...fromConsole, '--inventory', inventory)
    expect(ended).toMatchObject({ exitCode: 2 })
    expect(ended.stderr).toContain('web1 has tags or a namespace of its own')
  })

  it.each(['--tag', '--raw-flags'])(
    '%s with a line break is refused: the configuration has lines',
    async (flag) => {
      const before = readdirSync(scratchFolder())
      const ended = await install(
        '--render',
        'ansible',
        ...fromConsole,
        flag,
        'a=b\nENFORCERD_API=https://evil',
      )
      expect(ended).toMatchObject({ exitCode: 2 })
      expect(ended.stderr).toContain('line break')
      expect(readdirSync(scratchFolder())).toEqual(before)
    },
  )
})
