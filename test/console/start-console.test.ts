import { X509Certificate } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, unlink, writeFile, chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAppCredentialFile } from '../../src/contract/app-credential-file.ts'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type TestConsole,
  type TestConsoleOptions,
} from '../helpers/console.ts'

let dataDir: string
const running: TestConsole[] = []
const dayMs = 86_400_000

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'apoctl-start-')), 'console')
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()))
  await rm(join(dataDir, '..'), { recursive: true, force: true })
})

const start = async (options: TestConsoleOptions = {}): Promise<TestConsole> => {
  const console = await startTestConsole({ dataDir, ...options })
  running.push(console)
  return console
}
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

async function peerCertificate({ url, caPem }: TestConsole): Promise<X509Certificate> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), ca: caPem, servername: 'localhost' })
  await once(socket, 'secureConnect')
  const { raw } = socket.getPeerCertificate()
  socket.destroy()
  return new X509Certificate(raw)
}

describe('the key of tokens', () => {
  const authn = async (console: TestConsole, token: string): Promise<number> =>
    (await callConsole(console, { method: 'POST', path: '/authn', body: { token } })).status

  it('stays, and so do tokens', async () => {
    const first = await start()
    const token = await issueTestToken(first, { credential: first.adminCredential })
    const certificate = (await callConsole(first, { path: '/_meta/jwtcert' })).bytes
    await first.close()
    const second = await start()
    expect(await authn(second, token)).toBe(200)
    expect((await callConsole(second, { path: '/_meta/jwtcert' })).bytes).toEqual(certificate)
  })

  it('is made anew when it is taken away: every token ends, and others learn of the new one', async () => {
    const first = await start()
    const token = await issueTestToken(first, { credential: first.adminCredential })
    await first.close()
    await unlink(join(dataDir, 'token-key.pem'))
    const second = await start()
    expect(await authn(second, token)).toBe(401)
    const fresh = await issueTestToken(second, { credential: second.adminCredential })
    const { bytes } = await callConsole(second, { path: '/_meta/jwtcert' })
    await jwtVerify(fresh, new X509Certificate(bytes).publicKey)
    await expect(jwtVerify(token, new X509Certificate(bytes).publicKey)).rejects.toThrow('signature')
  })

  it('that is damaged is a reason to stop, and said', async () => {
    await (await start()).close()
    await writeFile(join(dataDir, 'token-key.pem'), 'damaged')
    await expect(start()).rejects.toMatchObject({ code: 'APO-CONSOLE-DATA' })
  })
})

describe('the first start', () => {
  it('makes authority, keys and administrator, for the owner alone', async () => {
    const before = process.umask(0)
    const console = await start().finally(() => process.umask(before))
    expect(console.firstStart).toBe(true)
    expect(await modeOf(dataDir)).toBe(0o700)
    for (const name of ['administrator.creds', 'ca-key.pem', 'token-key.pem', 'server.pem']) {
      expect(await modeOf(join(dataDir, name)), name).toBe(0o600)
    }
    expect(console.caPath).toBe(join(dataDir, 'ca.pem'))
    const authority = new X509Certificate(console.caPem)
    expect([authority.ca, authority.verify(authority.publicKey)]).toEqual([true, true])
    expect(console.adminCredential).toMatchObject({
      apiUrl: console.url,
      namespace: '/',
      name: 'administrator',
    })
    const token = await issueTestToken(console, { credential: console.adminCredential })
    expect(
      (await callConsole(console, { path: '/appcredentials', token, namespace: '/' })).body,
    ).toMatchObject([
      { name: 'administrator', roles: ['@auth:role=namespace.administrator'], protected: true },
    ])
  })

  it('goes on where it was killed', async () => {
    await (await start()).close()
    // As it looks when the power went after the database and before the file.
    const { default: Database } = await import('libsql')
    const db = new Database(join(dataDir, 'console.db'))
    db.exec("DELETE FROM settings WHERE name = 'first-start-done'")
    db.close()
    await unlink(join(dataDir, 'administrator.creds'))
    await unlink(join(dataDir, 'ca.pem'))
    const console = await start()
    expect(console.firstStart).toBe(true)
    const token = await issueTestToken(console, { credential: console.adminCredential })
    expect(
      (await callConsole(console, { path: '/appcredentials', token, namespace: '/' })).body,
    ).toHaveLength(1)
  })
})

describe('a later start', () => {
  it('finds everything as it was', async () => {
    const first = await start()
    const token = await issueTestToken(first, { credential: first.adminCredential })
    await callConsole(first, {
      method: 'POST',
      path: '/namespaces',
      token,
      namespace: '/',
      body: { name: 'kept' },
    })
    await first.close()
    const second = await start({ port: Number(new URL(first.url).port) })
    expect([second.firstStart, second.caPem, second.adminCredentialText]).toEqual([
      false,
      first.caPem,
      first.adminCredentialText,
    ])
    expect((await callConsole(second, { path: '/namespaces', token, namespace: '/' })).body).toMatchObject([
      { name: '/kept' },
    ])
    expect(second.notes).toEqual([])
  })

  it('lets the credential file follow the address, and leaves a foreign file alone', async () => {
    const first = await start()
    await first.close()
    const second = await start({ publicUrl: 'https://console.example:4443/' })
    expect(second.url).toBe('https://console.example:4443')
    expect(second.adminCredential).toEqual({
      ...first.adminCredential,
      apiUrl: 'https://console.example:4443',
    })
    await second.close()
    const path = join(dataDir, 'administrator.creds')
    await writeFile(path, 'my own notes')
    await expect(start()).rejects.toThrow('it is not a JSON object')
    expect(await readFile(path, 'utf8')).toBe('my own notes')
  })

  it('renews the server certificate when names change or it nears its end', async () => {
    const first = await start()
    const one = await peerCertificate(first)
    expect(one.subjectAltName).toBe('IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost')
    expect(one.checkHost('localhost')).toBe('localhost')
    await first.close()
    const same = await start()
    expect((await peerCertificate(same)).serialNumber).toBe(one.serialNumber)
    await same.close()
    const named = await start({ publicUrl: 'https://console.example' })
    const direct = { ...named, url: `https://localhost:${named.port}` } as TestConsole
    expect((await peerCertificate(direct)).subjectAltName).toContain('DNS:console.example')
    await named.close()
    const later = await start({ nowMs: () => Date.now() + 300 * dayMs })
    // Not yet valid for a client of today, so looked at where it lies.
    const renewed = new X509Certificate(await readFile(join(dataDir, 'server.pem'), 'utf8'))
    expect(renewed.serialNumber).not.toBe(one.serialNumber)
    expect(Date.parse(renewed.validTo)).toBeGreaterThan(Date.now() + 600 * dayMs)
    expect(later.caPem).toBe(first.caPem)
  })
})

describe('a Console refuses to start', () => {
  it('in the data directory of a running one', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({
      code: 'APO-CONSOLE-DATA',
      message: expect.stringContaining('another Console is using it'),
    })
  })

  it('on an address that is taken, and lets go of everything', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await expect(start({ port })).rejects.toMatchObject({
      code: 'APO-CONSOLE-LISTEN',
      message: `The Console cannot listen on 127.0.0.1:${port}: EADDRINUSE`,
    })
    taken.close()
    await once(taken, 'close')
    expect((await start({ port })).firstStart).toBe(true)
  })

  it('where its directory is a file, or its database is none', async () => {
    await writeFile(dataDir, 'x')
    await expect(start()).rejects.toMatchObject({ code: 'APO-CONSOLE-DATA' })
    await unlink(dataDir)
    await mkdir(dataDir)
    await chmod(dataDir, 0o755)
    await writeFile(
      join(dataDir, 'console.db'),
      'this is not a database, and long enough to be taken for one'.repeat(20),
    )
    await expect(start()).rejects.toMatchObject({ code: 'APO-CONSOLE-DATA' })
    expect(await modeOf(dataDir)).toBe(0o700)
  })
})

it('ends open requests when it stops, and stops but once', async () => {
  const console = await start()
  const answers = Promise.all(
    Array.from({ length: 20 }, () => callConsole(console, { path: '/healthchecks' }).catch(() => undefined)),
  )
  await new Promise((resolve) => setTimeout(resolve, 30))
  await Promise.all([console.close(), console.close()])
  for (const answer of await answers) if (answer !== undefined) expect(answer.status).toBe(200)
  await expect(callConsole(console, { path: '/healthchecks' })).rejects.toThrow('ECONNREFUSED')
})

it('writes a credential file that every tool can read', async () => {
  const console = await start()
  expect(parseAppCredentialFile(console.adminCredentialText).ok).toBe(true)
  expect(Object.keys(JSON.parse(console.adminCredentialText) as object)).toEqual([
    'APIURL',
    'ID',
    'name',
    'namespace',
    'certificate',
    'certificateKey',
    'certificateAuthority',
  ])
})
