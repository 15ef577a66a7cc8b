import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtProgram, cleanEnvironment, runApoctl, scratchFolder } from '../helpers/run-apoctl.ts'
import { apiScene } from './api/scene.ts'

const scene = apiScene()

beforeAll(async () => {
  await scene.api('create ns -k name acme')
  await scene.api('create ns -n /acme -k name web')
  const path = join(scratchFolder(), 'apoctl')
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${builtProgram()}' "$@"\n`)
  chmodSync(path, 0o755)
})

async function candidates(line: string, env = scene.env): Promise<string[]> {
  const run = await runApoctl(['complete', '--', ...line.split(' ')], { env })
  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  return run.stdout.split('\n').filter((word) => word !== '')
}

describe('a command line is completed', () => {
  const offline = { APOCTL_API: 'https://127.0.0.1:9', APOCTL_CREDS: '/nowhere', APOCTL_OUTPUT: 'json' }
  it.each([
    ['ap', ['api', 'appcred']],
    ['api des', ['describe']],
    ['api list enforcer', ['enforcerprofiles', 'enforcerrefreshes', 'enforcers']],
    ['api list enforcers --prop', ['--propagated']],
    ['api list ns -o j', ['json', 'jsonl']],
    ['api list ns -c descr', ['description']],
    ['autocomplete z', []],
    ['api get ns ', []],
  ])('without a Console: %s', async (line, words) => {
    expect(await candidates(line, offline)).toEqual(expect.arrayContaining(words))
  })

  it('with namespaces, names and IDs of the Console', async () => {
    expect(await candidates('api list ns -n /ac')).toEqual(['/acme', '/acme/web'])
    const found = await candidates('api get ns -n /acme ')
    expect(found).toContain('/acme/web')
    expect(found.some((word) => /^[0-9a-f]{24}$/.test(word))).toBe(true)
  })
})

describe.runIf(process.platform === 'linux')('a shell completes', () => {
  // Not waited for in one go: the Console that is asked lives in this process.
  const inShell = async (shell: string, script: string): Promise<string[]> => {
    const env = {
      ...cleanEnvironment({ ...scene.env }),
      PATH: `${scratchFolder()}:${process.env['PATH'] ?? ''}`,
    }
    const { stdout } = await promisify(execFile)(shell, ['-c', script], { env, encoding: 'utf8' })
    return stdout.split('\n').filter((word) => word !== '')
  }

  it('in bash', async () => {
    const script = `source <(apoctl autocomplete bash); COMP_WORDS=(apoctl api list ns -n /ac); COMP_CWORD=5; _apoctl; printf '%s\\n' "\${COMPREPLY[@]}"`
    expect(await inShell('bash', script)).toEqual(['/acme', '/acme/web'])
  })

  it('in fish', async () => {
    const script = `apoctl autocomplete fish | source; complete -C 'apoctl api list ns -n /acme/'`
    expect(await inShell('fish', script)).toEqual(['/acme/web'])
  })

  it('with scripts that have no mistakes', async () => {
    await inShell('bash', 'apoctl autocomplete bash | shellcheck -s bash -')
    await inShell('fish', 'apoctl autocomplete fish | fish --no-execute')
  })
})
