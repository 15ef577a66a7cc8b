import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/lib/cli/read-settings.ts'
import type { RunEnvironment } from '../../../src/lib/cli/run-environment.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'apoctl-profile-'))
const dataDir = join(folder, '.apoctl')
mkdirSync(dataDir)
afterAll(() => rmSync(folder, { recursive: true }))

function environment(env: RunEnvironment['env'] = {}): RunEnvironment {
  return {
    env,
    home: '/home/ann',
    dataDir,
    cacheDir: '/nowhere',
    workingDir: folder,
    isRoot: false,
    user: 'ann',
    programFolder: '/opt/apoctl',
  }
}

const readProfile = async (argv: readonly string[], from: RunEnvironment) =>
  (await readSettings({ argv, withProfile: true }, from)).profile

const write = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const failure = (text: string): Promise<ApoctlError> =>
  readProfile(['--config', write('wrong.yaml', text)], environment()).then(
    () => expect.unreachable('the profile was accepted'),
    (error: unknown) => error as ApoctlError,
  )

describe('the profile of a run', () => {
  it('knows nothing where there is no default profile', async () => {
    const empty = { ...environment(), dataDir: join(folder, 'nowhere') }
    expect(await readProfile([], empty)).toEqual(new Map())
  })

  it('reads the default profile, with the line of each value', async () => {
    writeFileSync(join(dataDir, 'default.yaml'), '# mine\napi: https://c:4443\n\napi-skip-verify: true\n')
    const file = join(dataDir, 'default.yaml')
    expect(await readProfile([], environment())).toEqual(
      new Map([
        ['api', { value: 'https://c:4443', source: `${file}:2` }],
        ['api-skip-verify', { value: true, source: `${file}:4` }],
      ]),
    )
  })

  it.each([
    ['--config FILE', ['--config', 'flag.yaml'], {}, '/flag'],
    ['--config=FILE', ['--config=flag.yaml'], {}, '/flag'],
    ['--config before APOCTL_CONFIG', ['--config', 'flag.yaml'], { APOCTL_CONFIG: 'env.yaml' }, '/flag'],
    ['APOCTL_CONFIG', [], { APOCTL_CONFIG: 'env.yaml' }, '/env'],
    ['APOCTL_CONFIG_NAME', [], { APOCTL_CONFIG_NAME: 'staging' }, '/staging'],
    ['what profiles use chose', [], {}, '/chosen'],
    [
      'what profiles use chose, past empty variables',
      [],
      { APOCTL_CONFIG: '', APOCTL_CONFIG_NAME: '' },
      '/chosen',
    ],
  ])('selects by %s', async (_what, argv, env, namespace) => {
    write('flag.yaml', 'namespace: /flag')
    write('env.yaml', 'namespace: /env')
    writeFileSync(join(dataDir, 'staging.yaml'), 'namespace: /staging')
    writeFileSync(join(dataDir, 'chosen.yaml'), 'namespace: /chosen')
    writeFileSync(join(dataDir, 'current-profile'), 'chosen\n')
    expect((await readProfile(argv, environment(env))).get('namespace')?.value).toBe(namespace)
    rmSync(join(dataDir, 'current-profile'))
  })

  it('expands ~/ in values', async () => {
    const profile = await readProfile(['--config', write('home.yaml', 'creds: ~/c.creds')], environment())
    expect(profile.get('creds')?.value).toBe('/home/ann/c.creds')
  })

  it.each(['', '# nothing yet\n', '---\n'])(
    'takes an empty file for one that sets nothing: %j',
    async (text) => {
      expect(await readProfile(['--config', write('empty.yaml', text)], environment())).toEqual(new Map())
    },
  )

  it.each([
    ['a key nobody knows', 'api: https://c\nnamespce: /a\n', ':2: "namespce" is not a setting of a profile'],
    ['a list', 'api: https://c\n\nnamespace:\n  - /a\n', ':3: "namespace" takes one text or true or false'],
    ['a number', 'namespace: 12', ':1: "namespace" takes one text or true or false'],
    ['no mapping', '- api\n', ':1: a profile is a list of "key: value" lines'],
    ['broken YAML', 'api: "https://c\n', ':'],
    ['a key twice', 'api: a\napi: b\n', ':2: Map keys must be unique'],
  ])('refuses %s and names file and line', async (_what, text, expected) => {
    const error = await failure(text)
    expect(error).toBeInstanceOf(ApoctlError)
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain(`${join(folder, 'wrong.yaml')}${expected}`)
    expect(error.message).toMatch(/wrong\.yaml:\d+: /)
  })

  it.each([
    ['--config', ['--config', 'gone.yaml'], {}],
    ['APOCTL_CONFIG', [], { APOCTL_CONFIG: 'gone.yaml' }],
    ['APOCTL_CONFIG_NAME', [], { APOCTL_CONFIG_NAME: 'gone' }],
  ])('refuses a file that %s asks for and that is not there', async (_what, argv, env) => {
    await expect(readProfile(argv, environment(env))).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
      message: expect.stringContaining('gone.yaml cannot be read'),
    })
  })

  it.each(['../other', '/etc/x', '.hidden', 'a b'])(
    'takes no name that leads elsewhere: %s',
    async (name) => {
      await expect(readProfile([], environment({ APOCTL_CONFIG_NAME: name }))).rejects.toMatchObject({
        code: 'APO-INPUT-VALUE',
      })
    },
  )

  it('refuses a choice that is no name, and one of a profile that has gone', async () => {
    const file = join(dataDir, 'current-profile')
    writeFileSync(file, '../evil\n')
    await expect(readProfile([], environment())).rejects.toMatchObject({ code: 'APO-INPUT-FILE' })
    writeFileSync(file, 'gone\n')
    await expect(readProfile([], environment())).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
      hints: ['See what there is: apoctl profiles'],
    })
    rmSync(file)
  })

  it('refuses a default profile that is there and cannot be read', async () => {
    const odd = join(folder, 'odd')
    mkdirSync(join(odd, 'default.yaml'), { recursive: true })
    await expect(readProfile([], { ...environment(), dataDir: odd })).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
    })
  })
})
