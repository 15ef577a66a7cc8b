/** Wrong input: exit 2, the file, the line and the value are named, and nothing is contacted. Needs no lab. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { printAppCredentialFile } from '../../../src/contract/app-credential-file.ts'
import { scratchFolder } from '../../helpers/run-apoctl.ts'
import { schemaProblems } from '../../helpers/json-schema.ts'
import { apoctl, demand, demandExit, story } from '../program.ts'

/** Where Console and host would be: whoever calls is counted. */
let trap: Server
let calls = 0
let port = 0
beforeAll(async () => {
  trap = createServer((socket) => {
    calls += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
  const address = trap.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => new Promise((resolve) => trap.close(resolve)))
beforeEach(() => {
  calls = 0
})

const api = () => `https://127.0.0.1:${port}`
const pem = (label: string) => `-----BEGIN ${label}-----\nbm90IHJlYWxseQ==\n-----END ${label}-----\n`
/** Looks like a credential, and nobody looks closer before it is used. */
const goodCredential = (changes: object = {}) => {
  const text = printAppCredentialFile({
    ...{ apiUrl: api(), id: '1', name: 'e2e', namespace: '/e2e', certificate: pem('CERTIFICATE') },
    ...{ certificateKey: pem('EC PRIVATE KEY'), certificateAuthority: pem('CERTIFICATE') },
  })
  const document = { ...(JSON.parse(text) as object), ...changes }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** A folder to run in, with files in it; private unless a mode is given. */
function folderWith(files: Readonly<Record<string, string | readonly [text: string, mode: number]>>): string {
  const folder = mkdtempSync(join(scratchFolder(), 'input-'))
  for (const [name, content] of Object.entries(files)) {
    const [text, mode] = typeof content === 'string' ? [content, 0o600] : content
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), mode)
  }
  return folder
}

interface WrongInput {
  readonly argv: readonly string[]
  readonly files?: Parameters<typeof folderWith>[0]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** What the message must name. */
  readonly names: readonly string[]
  readonly code?: string
}

/** Runs it for people and for scripts: the same exit code, the same message, and no call anywhere. */
async function expectRefusal(input: WrongInput): Promise<void> {
  const { argv, files = {}, env = {}, stdin, names, code = 'APO-INPUT-FILE' } = input
  const cwd = folderWith(files)
  const options = { cwd, env, ...(stdin !== undefined && { stdin }) }
  const [plain, json] = await Promise.all([apoctl(argv, options), apoctl([...argv, '--json'], options)])
  demandExit(plain, 2)
  demandExit(json, 2)
  expect([plain.stdout, json.stdout], story(plain)).toEqual(['', ''])
  for (const name of names) demand(plain.stderr.includes(name), { run: plain, that: `it names ${name}` })
  demand(plain.stderr.includes(`(${code})`), { run: plain, that: `its code is ${code}` })
  const document = JSON.parse(json.stderr) as { readonly message: string; readonly hints: readonly string[] }
  expect(schemaProblems('Error', document)).toEqual([])
  expect(document).toMatchObject({ code, exitCode: 2 })
  expect(plain.stderr).toContain(document.message)
  expect(document.hints.length, story(plain)).toBeGreaterThan(0)
  expect(calls, story(plain)).toBe(0)
}

const login = () => ['--api', api(), '--token', 'not-looked-at', '--namespace', '/e2e'] as const
const install = (...more: readonly string[]) =>
  ['enforcer', 'install', 'linux', '--confirm', ...more] as const
const host = () => ['--host', `root@127.0.0.1:${port}`] as const

describe('an inventory', () => {
  const yaml = (...lines: readonly string[]) => ({ 'hosts.yaml': lines.join('\n') })
  test.each([
    ['is not there', {}, ['hosts.yaml', 'ENOENT']],
    ['is no YAML', yaml('hosts:', '  - name: "web1'), ['hosts.yaml:2']],
    ['has no hosts', yaml('defaults:', '  user: root'), ['hosts.yaml:1', '"hosts"']],
    ['has an empty list', yaml('hosts: []'), ['hosts.yaml', 'no host']],
    ['misspells a field', yaml('hosts:', '  - name: a', '    adress: 127.0.0.1'), ['hosts.yaml:3', 'adress']],
    ['has a port that is none', yaml('hosts:', '  - name: a', '    port: 70000'), ['hosts.yaml:3', '70000']],
    ['has a port in words', yaml('hosts:', '  - name: a', '    port: ssh'), ['hosts.yaml:3', '"ssh"']],
    ['has a tag that is none', yaml('hosts:', '  - name: a', '    tags: [blue]'), ['hosts.yaml:3', 'blue']],
    [
      'has a namespace that is none',
      yaml('hosts:', '  - name: a', '    namespace: acme'),
      ['hosts.yaml:3', 'acme'],
    ],
    ['names a host twice', yaml('hosts:', '  - a', '  - b', '  - a'), ['hosts.yaml:4', 'line 2']],
    ['has a number for a host', yaml('hosts:', '  - 17'), ['hosts.yaml:2', '17']],
    [
      'has a wrong way to become root',
      yaml('hosts:', '  - name: a', '    sudo: su'),
      ['hosts.yaml:3', '"su"'],
    ],
  ])('that %s', async (_, files, names) => {
    await expectRefusal({ argv: install(...login(), '--inventory', 'hosts.yaml'), files, names })
  })

  test.each([
    ['a list with a port that is none', 'hosts', 'a\nroot@b:99999\n', ['hosts:2', 'root@b:99999']],
    ['JSON that is cut short', 'hosts.json', '{"hosts": [\n{"name": "a"},\n', ['hosts.json:']],
    ['an Ansible inventory with a heading cut short', 'hosts', '[web]\nweb1\n[db\n', ['hosts:3', '[db']],
  ])('that is %s', async (_, file, text, names) => {
    await expectRefusal({ argv: install(...login(), '--inventory', file), files: { [file]: text }, names })
  })

  test('that comes from standard input', async () => {
    const argv = install(...login(), '--inventory', '-')
    await expectRefusal({ argv, stdin: 'a\nb c\n', names: ['standard input:2', 'b c'] })
  })

  test('whose hosts --limit leaves none of', async () => {
    const argv = install(...login(), '--inventory', 'hosts', '--limit', 'db*')
    await expectRefusal({ argv, files: { hosts: 'web1\nweb2\n' }, names: ['db*'], code: 'APO-INPUT-VALUE' })
  })

  test('is refused alike by preflight and uninstall', async () => {
    const files = { 'hosts.yaml': 'hosts:\n  - name: a\n    port: 0\n' }
    const names = ['hosts.yaml:3', '0']
    await expectRefusal({ argv: ['preflight', 'linux', '--inventory', 'hosts.yaml'], files, names })
    const uninstall = ['enforcer', 'uninstall', 'linux', '--confirm', ...login()]
    await expectRefusal({ argv: [...uninstall, '--inventory', 'hosts.yaml'], files, names })
  })
})

describe('a flag', () => {
  const some = (...words: readonly string[]) => ['--api', api(), '--token', 'x', ...words]
  test.each<readonly [string, () => readonly string[], readonly string[]]>([
    ['--host with a port that is none', () => install(...login(), '--host', 'a:0'), ['--host', 'a:0']],
    ['--tag without a value', () => install(...login(), ...host(), '--tag', 'color'), ['--tag', 'color']],
    ['--tag of the system', () => install(...login(), ...host(), '--tag', '@os=x'), ['--tag', '@os=x']],
    [
      '--tag with a space in its key',
      () => install(...login(), ...host(), '--tag', 'a b=c'),
      ['--tag', 'a b=c'],
    ],
    ['--namespace without a slash', () => install(...some('-n', 'acme'), ...host()), ['--namespace', 'acme']],
    ['--namespace with an empty part', () => ['enforcer', 'status', ...some('-n', '/a//b')], ['/a//b']],
    [
      '--api that is no https',
      () => ['api', 'list', 'ns', '--token', 'x', '--api', 'http://a'],
      ['--api', 'http://a'],
    ],
    [
      '--timeout that is no duration',
      () => install(...login(), ...host(), '--timeout', 'soon'),
      ['--timeout', 'soon'],
    ],
    [
      '--connected-within of nothing',
      () => install(...login(), '--connected-within', '0'),
      ['--connected-within', '0'],
    ],
    [
      '--listen with a port that is none',
      () => ['console', 'serve', '--listen', '127.0.0.1:70000'],
      ['--listen', '127.0.0.1:70000'],
    ],
  ])('%s', async (_, argv, names) => {
    await expectRefusal({ argv: argv(), names, code: 'APO-INPUT-VALUE' })
  })

  test.each<readonly [string, () => readonly string[], readonly string[]]>([
    ['that there is not', () => install(...login(), '--hots', 'a'), ['--hots']],
    ['of which the value is missing', () => install(...login(), '--host'), ['--host']],
    [
      'with a choice that there is not',
      () => install(...login(), '--auth-mode', 'magic'),
      ['magic', 'token'],
    ],
    ['with a number that is none', () => install(...login(), '--concurrency', 'many'), ['many']],
  ])('%s', async (_, argv, names) => {
    await expectRefusal({ argv: argv(), names, code: 'APO-USAGE' })
  })

  test('that comes from the environment, and says so', async () => {
    const argv = ['enforcer', 'status', '--token', 'x']
    const code = 'APO-INPUT-VALUE'
    await expectRefusal({ argv, env: { APOCTL_API: 'nowhere' }, names: ['nowhere', 'APOCTL_API'], code })
    const env = { APOCTL_API: api(), APOCTL_NAMESPACE: 'acme' }
    await expectRefusal({ argv, env, names: ['acme', 'APOCTL_NAMESPACE'], code })
  })

  test('that is missing and that nobody can be asked for', async () => {
    const code = 'APO-INPUT-MISSING'
    await expectRefusal({ argv: ['enforcer', 'status'], names: ['--api'], code })
    const unconfirmed = ['enforcer', 'install', 'linux', ...login(), ...host()]
    await expectRefusal({ argv: unconfirmed, names: ['--confirm'], code })
  })
})

describe('an app credential', () => {
  const argv = () => install('--creds', 'e2e.creds', ...host())
  const file = (content: string | readonly [string, number]) => ({ 'e2e.creds': content })
  const key = 'c2VjcmV0IGtleSBvZiB0aGUgZW5kLXRvLWVuZCB0ZXN0'

  test('that is not there', () => expectRefusal({ argv: argv(), names: ['e2e.creds', 'no such file'] }))
  test('that others may read', async () => {
    const files = file([goodCredential(), 0o644])
    await expectRefusal({ argv: argv(), files, names: ['e2e.creds', 'others', 'chmod 600'] })
  })
  test('that is cut short', async () => {
    const text = goodCredential()
    const files = file(text.slice(0, text.indexOf('"namespace"') + 14))
    await expectRefusal({ argv: argv(), files, names: ['e2e.creds', 'line 5', 'JSON'] })
  })
  test.each<readonly [string, string | (() => string), readonly string[]]>([
    ['is empty', '', ['JSON']],
    ['is no JSON', 'ENFORCERD_TOKEN=abc', ['JSON']],
    ['is another kind of JSON', '[1, 2]', ['JSON object']],
    ['lacks a field', () => goodCredential({ ID: undefined }), ["'ID'"]],
    ['has a number where a text should be', () => goodCredential({ name: 7 }), ['line 4', "'name'"]],
    ['names no Console', () => goodCredential({ APIURL: 'ftp://a' }), ['line 2', "'APIURL'", 'ftp://a']],
    ['has a namespace that is none', () => goodCredential({ namespace: 'e2e' }), ['line 5', 'e2e']],
    ['has a key that is none', () => goodCredential({ certificateKey: key }), ['line 7', 'certificateKey']],
  ])('that %s', async (_, content, names) => {
    const files = file(typeof content === 'string' ? content : content())
    await expectRefusal({ argv: argv(), files, names: ['e2e.creds', ...names] })
    const run = await apoctl(argv(), { cwd: folderWith(files) })
    expect(run.stderr).not.toContain(key)
  })
})

describe('a profile', () => {
  const argv = ['enforcer', 'status', '--config', 'team.yaml'] as const
  const file = (...lines: readonly string[]) => ({ 'team.yaml': lines.join('\n') })
  const good = () => [`api: ${api()}`, 'token: not-looked-at']
  test.each<readonly [string, () => Parameters<typeof folderWith>[0], readonly string[]]>([
    ['is not there', () => ({}), ['team.yaml']],
    ['is no YAML', () => file(...good(), 'namespace: [a'), ['team.yaml:3']],
    ['is a list', () => file('- api'), ['team.yaml:1']],
    ['has a setting that there is not', () => file(...good(), 'colour: blue'), ['team.yaml:3', 'colour']],
    ['has two values for one', () => file(...good(), 'namespace: [/a, /b]'), ['team.yaml:3', 'namespace']],
  ])('that %s', async (_, files, names) => {
    await expectRefusal({ argv, files: files(), names })
  })

  test.each<readonly [string, () => readonly string[], readonly string[]]>([
    ['api', () => ['token: x', 'api: console'], ['team.yaml:2', 'console']],
    ['namespace', () => [...good(), 'namespace: a b'], ['team.yaml:3', 'a b']],
    ['api-skip-verify', () => [...good(), 'api-skip-verify: perhaps'], ['team.yaml:3', 'perhaps']],
  ])('with a wrong %s', async (_, lines, names) => {
    await expectRefusal({ argv, files: file(...lines()), names, code: 'APO-INPUT-VALUE' })
  })

  test('with a wrong form of output', async () => {
    // Not with --json, which settles the form and makes what the profile says of it meaningless.
    const run = await apoctl(argv, { cwd: folderWith(file(...good(), 'output: pictures')) })
    demandExit(run, 2)
    for (const name of ['team.yaml:3', 'pictures', 'APO-USAGE'])
      demand(run.stderr.includes(name), { run, that: `it names ${name}` })
    expect(calls).toBe(0)
  })
})

describe('a file', () => {
  test('of an authority that is none', async () => {
    const argv = install(...login(), ...host(), '--api-cacert', 'ca.pem')
    await expectRefusal({ argv, names: ['ca.pem'] })
    await expectRefusal({ argv, files: { 'ca.pem': 'nothing' }, names: ['ca.pem', 'PEM'] })
  })

  test('of the enforcer with a line that is none', async () => {
    const files = { 'prisma-enforcer.conf': 'ENFORCERD_API=https://a\nENFORCERD_TAG\n' }
    const argv = ['enforcer', 'run', '--config', 'prisma-enforcer.conf']
    await expectRefusal({ argv, files, names: ['prisma-enforcer.conf:2'], code: 'APO-ENFORCER-CONFIG' })
  })

  test('of a private key that is not there, or is none', async () => {
    // Each host may have a key of its own, so that this is the failure of a host, in the report.
    const argv = install(...login(), ...host(), '--identity', 'my-key')
    for (const files of [{}, { 'my-key': 'no key' }]) {
      const run = demandExit(await apoctl(argv, { cwd: folderWith(files) }), 2)
      demand(/my-key .*\[APO-SSH-KEY\]/.test(run.stdout), { run, that: 'it names the key' })
      demandExit(await apoctl([...argv, '--json'], { cwd: folderWith(files) }), 2)
    }
    expect(calls).toBe(0)
  })
})
