import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse } from '../helpers/browser.ts'
import { callConsole, issueTestToken, startTestConsole, type TestConsole } from '../helpers/console.ts'
import { startLogin } from '../helpers/login-run.ts'
import { jane, startOidcProvider, type TestOidcProvider } from '../helpers/oidc-provider.ts'
import { runApoctl, runOnTerminal, scratchFolder, startOnTerminal } from '../helpers/run-apoctl.ts'
import { freePort } from '../helpers/sshd.ts'

let server: TestConsole
let provider: TestOidcProvider
let port: number
let login: string

beforeAll(async () => {
  server = await startTestConsole()
  port = await freePort()
  const redirect = `http://localhost:${port}`
  provider = await startOidcProvider([
    { client_id: 'console', client_secret: 'hush', redirect_uris: [redirect] },
  ])
  await declare(server)
  const profile = join(scratchFolder(), 'home/.apoctl')
  mkdirSync(profile, { recursive: true })
  const ca = join(scratchFolder(), 'ca.pem')
  writeFileSync(ca, server.caPem)
  writeFileSync(join(profile, 'default.yaml'), `api: ${server.url}\napi-cacert: ${ca}\n`)
  login = `oidc --namespace /acme --provider corp --port ${port}`
})
afterAll(async () => {
  provider.close()
  await server.close()
})

/** A namespace with a provider, and a policy that lets its people look around. */
async function declare(console: TestConsole): Promise<void> {
  const token = await issueTestToken(console, { credential: console.adminCredential })
  const create = async (path: string, body: object, namespace = '/acme'): Promise<void> => {
    const made = await callConsole(console, { method: 'POST', path, token, namespace, body })
    expect(made.status, made.bytes.toString()).toBe(200)
  }
  await create('/namespaces', { name: 'acme' }, '/')
  await create('/oidcproviders', {
    name: 'corp',
    endpoint: provider.endpoint,
    clientID: 'console',
    clientSecret: 'hush',
    scopes: ['profile'],
    subjects: ['email'],
    default: true,
  })
  await create('/apiauthorizationpolicies', {
    name: 'ops',
    subject: [['@auth:realm=oidc', '@auth:namespace=/acme', '@auth:groups:ops=true']],
    authorizedIdentities: ['@auth:role=namespace.viewer'],
  })
}

/** Nobody is left to take an answer. */
const refused = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })

describe('auth oidc', () => {
  it('logs somebody in at the provider, and the token is good for what a policy says', async () => {
    const { address, ended } = await startLogin(`${login} --validity 10m --opaque via:browser`)
    expect((await browse(address, { typed: jane })).text).toContain('You can close this page')
    const run = await ended
    expect(run).toMatchObject({ exitCode: 0 })
    expect(run.stdout.split('\n')).toHaveLength(2)
    const env = { APOCTL_TOKEN: run.stdout.trim() }
    const claims = JSON.parse((await runApoctl(['auth', 'verify', '-n', '/acme'], { env })).stdout) as {
      readonly [claim: string]: unknown
      readonly iat: number
      readonly exp: number
    }
    expect(claims).toMatchObject({
      realm: 'oidc',
      sub: 'jane@corp.example',
      opaque: { via: 'browser' },
      data: { provider: 'corp', namespace: '/acme', email: 'jane@corp.example' },
    })
    expect(claims.exp - claims.iat).toBe(600)
    const list = await runApoctl(['api', 'list', 'oidcproviders', '-n', '/acme', '--json=name'], { env })
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'corp' }])
    const create = await runApoctl(['api', 'create', 'ns', '-n', '/acme', '-k', 'name', 'x'], { env })
    expect(create.exitCode).toBe(3)
  })

  it('takes the default provider when none is named, and prints a line for a shell', async () => {
    const { address, ended } = await startLogin(`oidc -n /acme --port ${port} -e`)
    await browse(address, { typed: jane })
    expect((await ended).stdout).toMatch(/^export APOCTL_TOKEN=eyJ[\w.-]+\n$/)
  })

  it('says so when the person says no at the provider', async () => {
    const { address, ended } = await startLogin(login)
    await browse(address, { linkWith: 'Cancel' })
    const run = await ended
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
    expect(run.stderr).toContain('access_denied')
    expect(run.stderr).toContain('APO-LOGIN-REFUSED')
  })

  it('waits on when the answer to another login comes, or something that is none', async () => {
    const { address, ended } = await startLogin(login)
    const base = `http://localhost:${port}`
    for (const wrong of ['/?code=evil&state=guessed', '/?code=evil', '/', '//', '/?code=a&code=b&state=x'])
      expect((await browse(`${base}${wrong}`)).status).toBeGreaterThanOrEqual(400)
    await browse(address, { typed: jane })
    expect(await ended).toMatchObject({ exitCode: 0 })
  })

  it('gives up when nobody comes', async () => {
    const { ended } = await startLogin(`${login} --timeout 1s`)
    expect(await ended).toMatchObject({ exitCode: 4, stdout: '' })
    expect(await refused()).toBe(true)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once with %s, and leaves nothing listening', async (signal, exitCode) => {
    const { child, ended } = await startLogin(login)
    // A browser that opened a connection to be ready must not keep the login alive.
    const idle = connect(port, '127.0.0.1').on('error', () => undefined)
    await new Promise((resolve) => idle.once('connect', resolve))
    const before = performance.now()
    child.kill(signal)
    expect(await ended).toMatchObject({ exitCode, stdout: '' })
    expect(performance.now() - before).toBeLessThan(2000)
    expect(await refused()).toBe(true)
    idle.destroy()
  })

  it('says which port is taken', async () => {
    const { child, ended } = await startLogin(login)
    const second = await runApoctl(['auth', ...login.split(' ')])
    expect(second).toMatchObject({ exitCode: 4, stdout: '' })
    expect(second.stderr).toContain(`port ${port}`)
    child.kill()
    await ended
  })

  it('says so when the Console went away in the middle', async () => {
    const other = await startTestConsole()
    await declare(other)
    const ca = join(scratchFolder(), 'other.pem')
    writeFileSync(ca, other.caPem)
    const { address, ended } = await startLogin(
      `${login} --api ${other.url} --api-cacert ${ca} --timeout 20s`,
    )
    await other.close()
    await browse(address, { typed: jane })
    const run = await ended
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).toMatch(/APO-API-(UNREACHABLE|TIMEOUT)/)
  })
})

describe('auth oidc where no browser can come back', () => {
  const ended = async (address: string): Promise<string> =>
    (await browse(address, { typed: jane, stopAt: `http://localhost:${port}` })).url

  it.each([
    ['the whole address', '', (url: string) => url],
    ['the address without its scheme', '--paste', (url: string) => url.replace('http://', '')],
    ['the code alone', '--paste', (url: string) => new URL(url).searchParams.get('code') ?? ''],
  ])('takes %s from the terminal', async (_what, flag, cut) => {
    const run = startOnTerminal(['auth', ...`${login} ${flag}`.trim().split(' ')])
    const [, address = ''] = await run.shown(/log in at (\S+)/)
    await run.shown(/paste the address/i)
    run.type(`${cut(await ended(address))}\r`)
    const { exitCode, stdout } = await run.ended
    expect(exitCode, stdout).toBe(0)
    expect(stdout).toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+\s*$/)
    expect(stdout).not.toContain('code=')
  })

  it('asks again when what was pasted is something else', async () => {
    const run = startOnTerminal(['auth', ...login.split(' '), '--paste'])
    const [, address = ''] = await run.shown(/log in at (\S+)/)
    await run.shown(/paste the address/i)
    run.type(`${address}\r`)
    await run.shown(/there is no code in it/)
    run.type(`http://localhost:${port}/?code=evil&state=guessed\r`)
    await run.shown(/not the answer to this login/)
    run.type(`${await ended(address)}\r`)
    expect((await run.ended).exitCode).toBe(0)
  })

  it('still lets the browser come back, and takes the question away', async () => {
    const run = startOnTerminal(['auth', ...login.split(' ')])
    const [, address = ''] = await run.shown(/log in at (\S+)/)
    await run.shown(/paste the address/i)
    await browse(address, { typed: jane })
    const { exitCode, stdout } = await run.ended
    expect(exitCode, stdout).toBe(0)
  })

  it('ends with 130 on Ctrl-C at the question', async () => {
    const run = startOnTerminal(['auth', ...login.split(' ')])
    await run.shown(/paste the address/i)
    run.type('\u0003')
    expect((await run.ended).exitCode).toBe(130)
    expect(await refused()).toBe(true)
  })

  it('never asks with --no-input, and --paste then is a usage error', async () => {
    const run = await runOnTerminal(['auth', ...login.split(' '), '--no-input', '--timeout', '2s'])
    expect(run.exitCode).toBe(4)
    expect(run.stdout).not.toMatch(/paste/i)
    const paste = await runApoctl(['auth', ...login.split(' '), '--paste'])
    expect(paste).toMatchObject({ exitCode: 2, stdout: '' })
    expect(paste.stderr).toContain('--paste')
  })
})

it('leaves nothing to complain about', () => {
  expect(server.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
