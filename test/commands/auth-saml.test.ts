import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from '../helpers/browser.ts'
import { startTestConsole } from '../helpers/console.ts'
import { startLogin } from '../helpers/login-run.ts'
import { runApoctl, runShell, scratchFolder } from '../helpers/run-apoctl.ts'
import { startSamlProvider, type TestSamlProvider } from '../helpers/saml-provider.ts'
import { freePort } from '../helpers/sshd.ts'
import { startVendorConsole, type VendorConsole } from '../helpers/vendor-console.ts'

let server: VendorConsole
let provider: TestSamlProvider
let port: number
let callbackUrl: string
let login: string
const entityId = 'https://console.example'
const jane = { username: 'jane', password: 'any' }

beforeAll(async () => {
  port = await freePort()
  callbackUrl = `https://localhost:${port}`
  provider = await startSamlProvider({ entityId, callbackUrl })
  server = await startVendorConsole({ saml: { provider, entityId, callbackUrl } })
  const profile = join(scratchFolder(), 'home/.apoctl')
  mkdirSync(profile, { recursive: true })
  const ca = join(scratchFolder(), 'ca.pem')
  writeFileSync(ca, server.caPem)
  writeFileSync(join(profile, 'default.yaml'), `api: ${server.url}\napi-cacert: ${ca}\n`)
  login = `saml -n /acme --port ${port}`
})
afterAll(() => {
  provider.close()
  server.close()
})

const authority = async (): Promise<string> => (await runApoctl(['auth', 'saml', '--print-cert'])).stdout
const decoded = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** The list of authorities of a machine that trusts the certificate. */
async function trusted(): Promise<Record<string, string>> {
  const file = join(scratchFolder(), 'trusted.pem')
  writeFileSync(file, await authority())
  return { SSL_CERT_FILE: file }
}

/** What a page of anybody could have the browser post. */
function post(body: string, headers: Record<string, string>, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(callbackUrl, { method: 'POST', headers, ca, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('auth saml', () => {
  it('brings the response of the provider to the Console, with the terms of the token', async () => {
    const env = await trusted()
    const more = '--validity 1h --quota 2 --opaque a:b --restrict-role enforcer --provider okta'
    const { address, ended } = await startLogin(`${login} ${more}`, { env })
    const page = await browse(address, { typed: jane, ca: await authority() })
    expect(page).toMatchObject({ status: 200, url: `${callbackUrl}/` })
    expect(page.text).toContain('You can close this page')
    const run = await ended
    expect(run).toMatchObject({ exitCode: 0 })
    expect(decoded(run.stdout)).toMatchObject({
      realm: 'saml',
      sub: 'jane@corp.example',
      asked: {
        validity: '1h0m0s',
        quota: 2,
        opaque: { a: 'b' },
        restrictedPermissions: ['@auth:role=enforcer'],
      },
    })
  })

  it('prints a line for a shell', async () => {
    const { address, ended } = await startLogin(`${login} -e --skip-local-cert-check`)
    await browse(address, { typed: jane, ca: await authority() })
    expect((await ended).stdout).toMatch(/^export APOCTL_TOKEN=eyJ[\w.-]+\n$/)
  })

  it('takes nothing but the form of this login', async () => {
    const { address, ended } = await startLogin(`${login} --skip-local-cert-check`)
    const ca = await authority()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const relayState = new URL(address).searchParams.get('RelayState') ?? ''
    const good = `RelayState=${encodeURIComponent(relayState)}`
    expect(await post('SAMLResponse=evil', type, ca)).toBe(400)
    expect(await post('SAMLResponse=evil&RelayState=guessed', type, ca)).toBe(400)
    expect(await post(good, type, ca)).toBe(400)
    expect(await post(`SAMLResponse=a&SAMLResponse=b&${good}`, type, ca)).toBe(400)
    expect(await post(`SAMLResponse=a&${good}`, { 'content-type': 'text/plain' }, ca)).toBe(415)
    expect(await post(`SAMLResponse=${'a'.repeat(600_000)}&${good}`, type, ca)).toBe(413)
    expect((await browse(`${callbackUrl}/?SAMLResponse=a&${good}`, { ca })).status).toBe(405)
    await browse(address, { typed: jane, ca })
    expect(await ended).toMatchObject({ exitCode: 0 })
  })

  it('says what the Console said when it did not take the response', async () => {
    const { address, ended } = await startLogin(`${login} --skip-local-cert-check`)
    const ca = await authority()
    const relayState = new URL(address).searchParams.get('RelayState') ?? ''
    const body = new URLSearchParams({ SAMLResponse: 'bm9uc2Vuc2U=', RelayState: relayState }).toString()
    expect(await post(body, { 'content-type': 'application/x-www-form-urlencoded' }, ca)).toBe(200)
    const run = await ended
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
    expect(run.stderr).toContain('APO-API-AUTH')
  })

  it('says so when a browser comes that does not trust the certificate, and waits on', async () => {
    const { address, ended } = await startLogin(`${login} --skip-local-cert-check`)
    // Says so to the other side, as browsers do and Node's own client does not.
    const client = [
      's_client',
      '-connect',
      `localhost:${port}`,
      '-verify_return_error',
      '-no-CAfile',
      '-no-CApath',
    ]
    expect(() => execFileSync('openssl', client, { stdio: 'ignore', input: '' })).toThrow(/failed/)
    await browse(address, { typed: jane, ca: await authority() })
    const run = await ended
    expect(run).toMatchObject({ exitCode: 0 })
    expect(run.stderr).toContain('warning: login: a browser came that does not trust')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once with %s', async (signal, exitCode) => {
    const { child, ended } = await startLogin(`${login} --skip-local-cert-check`)
    child.kill(signal)
    expect(await ended).toMatchObject({ exitCode, stdout: '' })
    await expect(browse(callbackUrl)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('gives up when nobody comes', async () => {
    const { ended } = await startLogin(`${login} --skip-local-cert-check --timeout 1s`)
    expect(await ended).toMatchObject({ exitCode: 4, stdout: '' })
  })

  it('is refused in plain words by the embedded Console, which does not do SAML', async () => {
    const console = await startTestConsole()
    const ca = join(scratchFolder(), 'embedded.pem')
    writeFileSync(ca, console.caPem)
    const flags = `--api ${console.url} --api-cacert ${ca} --skip-local-cert-check`
    const run = await runApoctl(['auth', ...`${login} ${flags}`.split(' ')])
    await console.close()
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('OIDC provider')
    expect(run.stderr).toContain('APO-API-UNSUPPORTED')
  })
})

describe('the certificate of auth saml', () => {
  it('is made once, for this machine, and readable by its owner only', async () => {
    const first = await authority()
    expect(await authority()).toBe(first)
    const file = join(scratchFolder(), 'home/.apoctl/login-certificate.pem')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain(first.trim())
    const piped = await runShell(
      '$APOCTL auth saml --print-ca | openssl x509 -noout -subject -ext nameConstraints',
    )
    expect(piped.stdout).toMatch(/apoctl login/)
    expect(piped.stdout).toMatch(/DNS:localhost/)
  })

  it('has to be trusted before a browser is opened, and the error says how', async () => {
    const empty = join(scratchFolder(), 'nobody.pem')
    writeFileSync(empty, '')
    const run = await runApoctl(['auth', ...login.split(' ')], { env: { SSL_CERT_FILE: empty } })
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('APO-LOGIN-CERTIFICATE')
    expect(run.stderr).toContain('--print-cert')
    expect(run.stderr).toContain('certutil -d sql:')
    expect(run.stderr).not.toContain('log in at')
  })

  it('is found where Chrome looks, once the command of the error was typed', async () => {
    const home = join(scratchFolder(), 'home')
    const database = join(home, '.pki/nssdb')
    mkdirSync(database, { recursive: true })
    execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
    const empty = join(scratchFolder(), 'nobody.pem')
    writeFileSync(empty, '')
    const env = { SSL_CERT_FILE: empty }
    const before = await runApoctl(['auth', ...login.split(' ')], { env })
    const [, words = ''] = /Chrome and its kin: (.*)\n/.exec(before.stderr) ?? []
    const typed = await runShell(`$APOCTL auth saml --print-cert > apoctl-login.pem && ${words}`)
    expect(typed, typed.stderr).toMatchObject({ exitCode: 0 })
    const { child, ended } = await startLogin(login, { env })
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ exitCode: 130 })
  })

  it('needs a namespace for a login, but none to be printed', async () => {
    const run = await runApoctl(['auth', 'saml'])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('--namespace')
  })
})
