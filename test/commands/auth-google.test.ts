import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from '../helpers/browser.ts'
import { startTestConsole } from '../helpers/console.ts'
import { startLogin } from '../helpers/login-run.ts'
import { jane, startOidcProvider, type TestOidcProvider } from '../helpers/oidc-provider.ts'
import { runApoctl, scratchFolder, startOnTerminal } from '../helpers/run-apoctl.ts'
import { freePort } from '../helpers/sshd.ts'
import { startVendorConsole, type VendorConsole } from '../helpers/vendor-console.ts'

/** A real OpenID provider stands in for Google, through the setting that installations without internet have. */
let provider: TestOidcProvider
let server: VendorConsole
let port: number
let login: string
let env: Record<string, string>
const clientId = '123-abc.apps.googleusercontent.com'

beforeAll(async () => {
  port = await freePort()
  provider = await startOidcProvider([
    {
      client_id: clientId,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      response_types: ['id_token'],
      grant_types: ['implicit'],
      redirect_uris: [`http://localhost:${port}`],
    },
  ])
  server = await startVendorConsole({ google: { provider, clientId } })
  const profile = join(scratchFolder(), 'home/.apoctl')
  mkdirSync(profile, { recursive: true })
  const ca = join(scratchFolder(), 'ca.pem')
  writeFileSync(ca, server.caPem)
  writeFileSync(join(profile, 'default.yaml'), `api: ${server.url}\napi-cacert: ${ca}\n`)
  login = `google --port ${port}`
  // The Console's own token is none of Google's, and must not be taken for one.
  env = { APOCTL_GOOGLE_URL: `${provider.endpoint}/auth`, APOCTL_TOKEN: 'of-the-console' }
})
afterAll(() => {
  provider.close()
  server.close()
})

const decoded = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const back = async (address: string): Promise<string> =>
  (await browse(address, { typed: jane, stopAt: `http://localhost:${port}` })).url

describe('auth google', () => {
  it('brings the ID token from behind the # of the address to the Console', async () => {
    const { address, ended } = await startLogin(`${login} --validity 1h --opaque a:b`, { env })
    expect(Object.fromEntries(new URL(address).searchParams)).toMatchObject({
      client_id: clientId,
      response_type: 'id_token',
      scope: 'openid email profile',
      redirect_uri: `http://localhost:${port}`,
    })
    expect((await browse(address, { typed: jane })).text).toContain('You can close this page')
    const run = await ended
    expect(run).toMatchObject({ exitCode: 0 })
    expect(decoded(run.stdout)).toMatchObject({
      realm: 'google',
      sub: 'jane',
      data: { email: 'jane@corp.example' },
      asked: { validity: '1h0m0s', opaque: { a: 'b' } },
    })
  })

  it('goes to Google itself when nothing else is said', async () => {
    const { child, address, ended } = await startLogin(login)
    expect(address).toMatch(/^https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?/)
    child.kill()
    await ended
  })

  it('does not take a token that was asked for by another login', async () => {
    const first = await startLogin(login, { env })
    const stolen = new URLSearchParams(new URL(await back(first.address)).hash.slice(1))
    first.child.kill()
    await first.ended
    const second = await startLogin(login, { env })
    const form = (state: string): Promise<Response> =>
      fetch(`http://localhost:${port}/`, {
        method: 'POST',
        body: new URLSearchParams({ id_token: stolen.get('id_token') ?? '', state }),
      })
    expect((await form(stolen.get('state') ?? '')).status).toBe(400)
    expect((await form(new URL(second.address).searchParams.get('state') ?? '')).status).toBe(200)
    const run = await second.ended
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).toContain('belongs to another login')
  })

  it('says so when the person says no', async () => {
    const { address, ended } = await startLogin(login, { env })
    await browse(address, { linkWith: 'Cancel' })
    const run = await ended
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
    expect(run.stderr).toContain('access_denied')
  })

  it('takes the address from the terminal, fragment and all', async () => {
    const run = startOnTerminal(['auth', ...login.split(' '), '--paste', '-e'], { env })
    const [, address = ''] = await run.shown(/log in at (\S+)/)
    await run.shown(/paste the address/i)
    run.type(`${await back(address)}\r`)
    const { exitCode, stdout } = await run.ended
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(/export APOCTL_TOKEN=eyJ/)
    expect(stdout).not.toContain('id_token=')
  })

  it('takes an ID token from standard input, and needs no browser then', async () => {
    const other = await startLogin(login, { env })
    const token = new URLSearchParams(new URL(await back(other.address)).hash.slice(1)).get('id_token') ?? ''
    other.child.kill()
    await other.ended
    const run = await runApoctl(['auth', 'google', '--token', '-', '--quota', '3'], { stdin: `${token}\n` })
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(decoded(run.stdout)).toMatchObject({ realm: 'google', asked: { quota: 3 } })
    const wrong = await runApoctl(['auth', 'google', '--token', '-'], { stdin: 'nonsense' })
    expect(wrong).toMatchObject({ exitCode: 3, stdout: '' })
  })

  it('points to auth oidc where the Console is no client of Google', async () => {
    const console = await startTestConsole()
    const ca = join(scratchFolder(), 'embedded.pem')
    writeFileSync(ca, console.caPem)
    const run = await runApoctl(['auth', 'google', '--api', console.url, '--api-cacert', ca])
    await console.close()
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('apoctl auth oidc')
  })

  it('sends nobody to an address without TLS', async () => {
    const run = await runApoctl(['auth', 'google'], {
      env: { APOCTL_GOOGLE_URL: 'http://evil.example/auth' },
    })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('APOCTL_GOOGLE_URL')
  })
})
