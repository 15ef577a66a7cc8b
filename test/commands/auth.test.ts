import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestConsole, type TestConsole } from '../helpers/console.ts'
import { runApoctl, runShell, scratchFolder, type RunOptions } from '../helpers/run-apoctl.ts'

let server: TestConsole
let pair: { readonly cert: string; readonly key: string; readonly p12: string }

beforeAll(async () => {
  server = await startTestConsole()
  const folder = scratchFolder()
  const profile = join(folder, 'home/.apoctl')
  mkdirSync(profile, { recursive: true })
  const ca = join(folder, 'ca.pem')
  const creds = join(folder, 'admin.creds')
  pair = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem'), p12: join(folder, 'both.p12') }
  writeFileSync(ca, server.caPem)
  writeFileSync(creds, server.adminCredentialText, { mode: 0o600 })
  writeFileSync(pair.cert, server.adminCredential.certificate)
  writeFileSync(pair.key, server.adminCredential.certificateKey, { mode: 0o600 })
  const files = ['-in', pair.cert, '-inkey', pair.key, '-out', pair.p12, '-passout', 'pass:open sesame']
  execFileSync('openssl', ['pkcs12', '-export', ...files])
  const lines = [`api: ${server.url}`, `api-cacert: ${ca}`, `creds: ${creds}`, 'namespace: /']
  writeFileSync(join(profile, 'default.yaml'), `${lines.join('\n')}\n`)
})
afterAll(() => server.close())

interface Claims {
  readonly [claim: string]: unknown
  readonly iat: number
  readonly exp: number
}
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims
const auth = (words: string, options?: RunOptions) => runApoctl(['auth', ...words.split(' ')], options)

describe('auth appcred', () => {
  it('prints the token and nothing else', async () => {
    const run = await auth('appcred')
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(claimsOf(run.stdout)).toMatchObject({ realm: 'certificate', iss: server.url })
  })

  it('asks for what the flags say', async () => {
    const limits = '--validity 5m --quota 3 --restrict-namespace /a --restrict-network 10.0.0.0/8'
    const more = '--restrict-role enforcer --restrict-role namespace,get --opaque a:b:c --audience aud:*:*:/a'
    const claims = claimsOf((await auth(`appcred ${limits} ${more}`)).stdout)
    expect(claims).toMatchObject({
      quota: 3,
      opaque: { a: 'b:c' },
      aud: 'aud:*:*:/a',
      restrictions: {
        namespace: '/a',
        networks: ['10.0.0.0/8'],
        perms: ['@auth:role=enforcer', 'namespace,get'],
      },
    })
    expect(claims.exp - claims.iat).toBe(300)
  })

  it('prints a line that a shell takes, and the next run uses', async () => {
    const line = 'eval "$($APOCTL auth appcred -e --opaque who:me)"; $APOCTL auth verify'
    const run = await runShell(line)
    expect(JSON.parse(run.stdout)).toMatchObject({ opaque: { who: 'me' } })
  })

  it('gives a document with --json', async () => {
    const { stdout } = await auth('appcred --json')
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'IssuedToken', realm: 'Certificate', api: server.url })
  })

  it.each([
    ['--audience aud:nonsense', 'aud:nonsense'],
    ['--opaque nonsense', 'nonsense'],
    ['--restrict-namespace a', "'a' is not a namespace"],
    ['--restrict-network 10.0.0.1', 'not a CIDR'],
    ['--validity soon', 'no duration'],
    ['--quota 0', '--quota'],
  ])('refuses %s before anything is asked', async (flag, said) => {
    const run = await auth(`appcred ${flag}`)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(said)
  })
})

it('has the flags for what the token may do, and for shells, on every command that gets one', () => {
  const manifest = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../oclif.manifest.json'), 'utf8'),
  ) as {
    readonly commands: Readonly<Record<string, { readonly flags: object }>>
  }
  const shared = [
    'validity',
    'quota',
    'restrict-namespace',
    'restrict-role',
    'restrict-network',
    'opaque',
    'export',
  ]
  const logins = Object.entries(manifest.commands).filter(([id]) => /^auth:(?!verify$)/.test(id))
  expect(logins.map(([id]) => id.slice('auth:'.length)).sort()).toEqual([
    'aporeto',
    'appcred',
    'aws-st',
    'azure',
    'cert',
    'gcp',
    'google',
    'ldap',
    'oidc',
    'pc-token',
    'saml',
    'token',
  ])
  for (const [id, { flags }] of logins) expect(Object.keys(flags), id).toEqual(expect.arrayContaining(shared))
})

describe('auth cert', () => {
  it('takes a certificate and its key', async () => {
    const run = await auth(`cert --cert ${pair.cert} --key ${pair.key} --opaque a:b`)
    expect(claimsOf(run.stdout)).toMatchObject({ realm: 'certificate', opaque: { a: 'b' } })
  })

  it.each([
    ['standard input', '--p12-pass -', { stdin: 'open sesame\n' }],
    ['the environment', '', { env: { APOCTL_P12_PASS: 'open sesame' } }],
  ])('takes both in one file, its passphrase from %s', async (_from, flags, options) => {
    const run = await auth(`cert --p12 ${pair.p12} ${flags}`.trim(), options)
    expect(claimsOf(run.stdout)).toMatchObject({ realm: 'certificate' })
  })

  it('says when the passphrase is another one, or the key belongs to another certificate', async () => {
    const run = await auth(`cert --p12 ${pair.p12} --p12-pass -`, { stdin: 'x' })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('the passphrase is another one')
    const other = join(scratchFolder(), 'other.pem')
    execFileSync('openssl', ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', other])
    const mismatch = await auth(`cert --cert ${pair.cert} --key ${other}`)
    expect(mismatch).toMatchObject({ exitCode: 2, stdout: '' })
    expect(mismatch.stderr).toContain('the key is not that of the certificate')
  })
})

describe('auth token', () => {
  it('narrows the token it gets, from a variable or standard input', async () => {
    const token = (await auth('appcred')).stdout
    const fromEnv = await auth('token --quota 2', { env: { APOCTL_TOKEN: token.trim() } })
    expect(claimsOf(fromEnv.stdout)).toMatchObject({ quota: 2 })
    const fromInput = await auth('token --token - --restrict-namespace /a', { stdin: token })
    expect(claimsOf(fromInput.stdout)).toMatchObject({ restrictions: { namespace: '/a' } })
  })

  it('without a token is a usage error that says how to give one', async () => {
    const run = await auth('token')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('APOCTL_TOKEN')
  })
})

describe('auth with a token of somebody else', () => {
  it.each(['azure', 'gcp', 'pc-token'])('never takes the one of the Console for it: %s', async (command) => {
    const nowhere = 'http://127.0.0.1:1'
    const env = {
      APOCTL_TOKEN: 'of-the-console',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: nowhere,
      GCE_METADATA_HOST: '127.0.0.1:1',
    }
    const run = await auth(command, { env })
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(/APO-CLOUD-METADATA|APO-INPUT-MISSING/)
  })
})

describe('auth verify', () => {
  it('prints the claims as plain JSON on a pipe', async () => {
    const run = await runShell(
      '$APOCTL auth verify | node -e \'console.log(JSON.parse(require("fs").readFileSync(0)).iss)\'',
    )
    expect(run).toMatchObject({ exitCode: 0, stdout: `${server.url}\n`, stderr: '' })
  })

  it('refuses a token that is none with 3', async () => {
    const run = await auth('verify --token -', { stdin: 'nonsense' })
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
  })

  it('says with --verbose who decided what', async () => {
    const token = (await auth('appcred')).stdout.trim()
    const run = await auth(`verify --verbose --namespace /a`, {
      env: { APOCTL_TOKEN: token, APOCTL_NAMESPACE: '/b' },
    })
    const profile = join(scratchFolder(), 'home/.apoctl/default.yaml')
    expect(run.stderr).toContain(`api: from ${profile}:1`)
    expect(run.stderr).toContain(
      `namespace: from the flag --namespace, which overrides the environment variable APOCTL_NAMESPACE and ${profile}:4`,
    )
    expect(run.stderr).toContain('token: from the environment variable APOCTL_TOKEN')
    expect(run.stderr).toContain('creds: not used')
    expect(JSON.parse(run.stdout)).toMatchObject({ iss: server.url })
  })
})
