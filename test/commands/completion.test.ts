import { execFile } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { builtProgram, cleanEnvironment, runApoctl, scratchFolder } from '../helpers/run-apoctl.ts'
import { completedIn } from '../helpers/type-in-shell.ts'
import { apiScene } from './api/scene.ts'

const scene = apiScene()

beforeAll(async () => {
  await scene.api('create ns -k name acme')
  await scene.api('create ns -n /acme -k name web')
  for (const name of ['a:b:c', 'Kube DNS', 'star*', `quo'te"d`])
    await scene.api(['create', 'extnet', '-k', 'name', name])
  scene.file('policies.yaml', '')
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
    ['api -n /acme des', ['describe']],
    ['api -n /acme list enforcer', ['enforcers']],
    ['autocomplete z', []],
    ['api get ns ', []],
  ])('without a Console: %s', async (line, words) => {
    expect(await candidates(line, offline)).toEqual(expect.arrayContaining(words))
  })

  it('with namespaces, names and IDs of the Console', async () => {
    expect(await candidates('api list ns -n /ac')).toEqual(['/acme', '/acme/web'])
    expect(await candidates('api -n /ac')).toEqual(['/acme', '/acme/web'])
    const found = await candidates('api get ns -n /acme ')
    expect(found).toContain('/acme/web')
    expect(found.some((word) => /^[0-9a-f]{24}$/.test(word))).toBe(true)
  })
})

describe.runIf(process.platform === 'linux')('a shell completes', () => {
  const inPath = (): Record<string, string> => ({
    ...scene.env,
    PATH: `${scratchFolder()}:${process.env['PATH'] ?? ''}`,
  })
  // Not waited for in one go: the Console that is asked lives in this process.
  const inShell = async (shell: string, script: string): Promise<string[]> => {
    const env = cleanEnvironment(inPath())
    const { stdout } = await promisify(execFile)(shell, ['-c', script], { env, encoding: 'utf8' })
    return stdout.split('\n').filter((word) => word !== '')
  }

  const lines: readonly (readonly [what: string, typed: string, line: string])[] = [
    ['a command', 'apoctl api des', 'apoctl api describe'],
    ['a flag', 'apoctl api list ns --propa', 'apoctl api list ns --propagated'],
    ['a name with slashes', 'apoctl api get ns -n /acme /acme/w', 'apoctl api get ns -n /acme /acme/web'],
    ['behind early flags', 'apoctl api -n /acme desc', 'apoctl api -n /acme describe'],
    ['a name with colons', 'apoctl api get extnet a:b', 'apoctl api get extnet a:b:c'],
    ['a name after its colon', 'apoctl api get extnet a:', 'apoctl api get extnet a:b:c'],
    ['a name with spaces', 'apoctl api get extnet Kub', 'apoctl api get extnet Kube\\ DNS'],
    ['the rest of a name with spaces', 'apoctl api get extnet Kube\\ D', 'apoctl api get extnet Kube\\ DNS'],
    ['a name in quotes', "apoctl api get extnet 'Kube D", "apoctl api get extnet 'Kube DNS'"],
    ['a name with a star', 'apoctl api get extnet star', 'apoctl api get extnet star\\*'],
    ['a file', 'apoctl api import -f polic', 'apoctl api import -f policies.yaml'],
    ['a name with quotes', 'apoctl api get extnet quo', `apoctl api get extnet quo\\'te\\"d`],
  ]
  describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
    it.each(lines)(
      '%s',
      async (_what, typed, line) => {
        expect(await completedIn(shell, { line: typed, env: inPath() })).toBe(line)
      },
      40_000,
    )
  })

  it('with scripts that have no mistakes', async () => {
    await inShell('bash', 'apoctl autocomplete bash | shellcheck -s bash -')
    await inShell('fish', 'apoctl autocomplete fish | fish --no-execute')
    await inShell('zsh', 'apoctl completion zsh | zsh -n')
  })
})
