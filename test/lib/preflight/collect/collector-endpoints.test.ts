import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer as createTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollectorScript, type Endpoint } from '../../../../src/lib/preflight/collect/build-script.ts'
import { parseAnswers } from '../../../../src/lib/preflight/facts/answers.ts'
import type { EndpointFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { toFacts } from '../../../../src/lib/preflight/facts/to-facts.ts'

const run = promisify(execFile)
let folder = ''
let server: Server
let port = 0
let authority = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-endpoints-'))
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test Authority',
    '-days',
    '2',
  )
  await openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost')
  await run('sh', ['-c', 'echo subjectAltName=DNS:localhost,IP:127.0.0.1 > ext'], { cwd: folder })
  await openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-out',
    'server.pem',
    '-days',
    '2',
    '-extfile',
    'ext',
  )
  authority = await readFile(join(folder, 'ca.pem'), 'utf8')
  const [cert, serverKey] = await Promise.all([
    readFile(join(folder, 'server.pem')),
    readFile(join(folder, 'server.key')),
  ])
  server = createServer({ cert, key: serverKey }, (_, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await rm(folder, { recursive: true })
})

/** Programs that the script is to believe missing. */
async function tryEndpoint(
  endpoint: Omit<Endpoint, 'name'>,
  how: { readonly without?: readonly string[]; readonly authority?: string } = {},
): Promise<EndpointFacts> {
  const script = buildCollectorScript({
    endpoints: [{ name: 'console', ...endpoint }],
    authoritiesPem: how.authority,
    modules: [],
    packages: [],
    probeTimeoutMs: 2000,
  })
  const have = `have() { case " ${(how.without ?? []).join(' ')} " in *" $1 "*) return 1 ;; esac; command -v "$1" >/dev/null 2>&1; }`
  const child = run('sh', ['-s'], { maxBuffer: 1 << 24 })
  child.child.stdin?.end(script.replace(/^have\(\).*$/m, have))
  const answers = parseAnswers((await child).stdout, { host: 'here' })
  const [facts] = toFacts(answers, { host: 'here', sentAtMs: 0, receivedAtMs: 0 }).endpoints
  return facts!
}

const ways = [
  ['openssl', []],
  ['curl', ['openssl']],
  ['python3', ['openssl', 'curl']],
] as const

describe.each(ways)('trust in a certificate, with %s', { timeout: 60_000 }, (_, without) => {
  it('is there for the given authority, and not for those of the host', async () => {
    const facts = await tryEndpoint({ host: 'localhost', port }, { without, authority })
    expect(facts.tls?.outcome).toBe('ok')
    expect(facts.trustSystem?.outcome).toBe('failed')
    expect(facts.trustGiven?.outcome).toBe('ok')
  })

  it('is not given to an address the certificate is not for', async () => {
    const facts = await tryEndpoint({ host: '127.0.0.2', port: await forward() }, { without, authority })
    expect(facts.tls?.outcome).toBe('ok')
    expect(facts.trustGiven?.outcome).toBe('failed')
  })
})

/** The same server at another address. */
async function forward(): Promise<number> {
  const { connect } = await import('node:net')
  const proxy = createTcp((socket) => {
    const onward = connect(port, '127.0.0.1')
    socket.pipe(onward).pipe(socket)
    socket.on('error', () => onward.destroy())
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.2', resolve))
  proxy.unref()
  return (proxy.address() as AddressInfo).port
}

describe('the way to an endpoint', { timeout: 60_000 }, () => {
  it('tells the time of the server by the side of the host’s', async () => {
    const { serverEpochMs, hostEpochMs, certificate } = await tryEndpoint({ host: 'localhost', port })
    expect(Math.abs((serverEpochMs ?? 0) - (hostEpochMs ?? 0))).toBeLessThanOrEqual(2000)
    expect(certificate.join()).toContain('Test Authority')
  })

  it('ends at a name that does not resolve', async () => {
    const facts = await tryEndpoint({ host: 'nobody.invalid', port: 443 })
    expect(facts).toMatchObject({ resolve: { outcome: 'failed' }, tcp: null, tls: null })
  })

  it('ends at a port that nobody listens on', async () => {
    const facts = await tryEndpoint({ host: '127.0.0.1', port: 1 })
    expect(facts.tcp).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('refused') as string,
    })
    expect(facts.tls).toBeNull()
  })

  it('ends at a server that speaks no TLS, and at one that says nothing', async () => {
    const chatty = createTcp((socket) => socket.on('error', () => undefined).end('220 hello\r\n'))
    const silent = createTcp((socket) => socket.on('error', () => undefined))
    await Promise.all(
      [chatty, silent].map((one) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))),
    )
    const at = (one: typeof chatty): number => (one.address() as AddressInfo).port
    const [first, second] = await Promise.all([
      tryEndpoint({ host: '127.0.0.1', port: at(chatty) }),
      tryEndpoint({ host: '127.0.0.1', port: at(silent) }),
    ])
    expect(first.tls?.outcome).toBe('failed')
    expect(second.tls?.outcome).toBe('failed')
    chatty.close()
    silent.close()
  })

  it('is no way into the shell of the host', async () => {
    const facts = await tryEndpoint({ host: "x'; echo pwned; '", port: 443 })
    expect(JSON.stringify([facts])).not.toMatch(/^pwned/)
  })
})
