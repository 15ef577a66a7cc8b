import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { appCredentials } from '../../../../src/lib/api/endpoints/app-credentials.ts'
import { namespaces } from '../../../../src/lib/api/endpoints/namespaces.ts'
import type { ConsoleLogin } from '../../../../src/lib/api/console-client.ts'
import { toLoginCredential, type LoginCredential } from '../../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { openTokenFolder } from '../../../../src/lib/api/token-cache/token-folder.ts'
import type { TokenTerms } from '../../../../src/lib/api/token-terms.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { makeKeyPair } from '../../../../src/lib/secrets/key-pair.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { startTestConsole, type TestConsole } from '../../../helpers/console.ts'

let server: TestConsole
let admin: LoginCredential
let folder: string
beforeAll(async () => {
  server = await startTestConsole()
  admin = toLoginCredential(server.adminCredential)
})
afterAll(() => server.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apoctl-kept-'))
  return () => rmSync(folder, { recursive: true })
})

interface Run {
  readonly origin: string | undefined
  readonly token: string
  readonly failure: string | undefined
}

/** One run of the program: logs in, counts namespaces, ends. */
async function run(login: ConsoleLogin, namespace = '/'): Promise<Run> {
  const client = openConsole(
    { api: server.url, namespace, login, trust: { authoritiesPem: server.caPem } },
    { clock: systemClock, random: Math.random, keptTokens: openTokenFolder(join(folder, 'tokens')) },
  )
  try {
    const failure = await namespaces(client)
      .count()
      .then(
        () => undefined,
        (error: unknown) => (error as { code: string }).code,
      )
    const origin = client.tokenOrigin()
    return { origin, failure, token: failure === undefined ? (await client.token()).reveal() : '' }
  } finally {
    await client.close()
  }
}

const as = (credential: LoginCredential, terms?: TokenTerms): ConsoleLogin => ({
  kind: 'app-credential',
  credential,
  terms,
})

/** TLS sessions lie beside the tokens, and say so. */
const tokenFiles = () =>
  readdirSync(join(folder, 'tokens')).filter(
    (name) => !readFileSync(join(folder, 'tokens', name), 'utf8').includes('[\\"session\\"'),
  )

async function makeCredential(roles: readonly string[]): Promise<LoginCredential> {
  return withAdmin(async (console) =>
    appCredentials(console).certify({ name: 'short-lived', roles }, { key: await makeKeyPair() }),
  )
}

async function withAdmin<Result>(
  action: (console: ReturnType<typeof openConsole>) => Promise<Result>,
): Promise<Result> {
  const console = openConsole(
    { api: server.url, namespace: '/', login: as(admin), trust: { authoritiesPem: server.caPem } },
    { clock: systemClock, random: Math.random },
  )
  return action(console).finally(() => console.close())
}

describe('a token that an app credential was given', () => {
  it('serves the next run as well', async () => {
    const first = await run(as(admin))
    const second = await run(as(admin))
    expect([first.origin, second.origin]).toEqual(['issued', 'kept'])
    expect(second.token).toBe(first.token)
  })

  it('serves nobody else, and nothing that was asked for with other terms', async () => {
    await run(as(admin))
    const other = await makeCredential(['@auth:role=namespace.viewer'])
    expect((await run(as(other))).origin).toBe('issued')
    expect((await run(as(admin, { validity: '1h' }))).origin).toBe('issued')
    const strangersKey = { ...admin, privateKeyPem: other.privateKeyPem }
    expect((await run(as(strangersKey))).failure).toBe('APO-API-TLS')
    expect((await run(as(admin))).origin).toBe('kept')
  })

  it('is not kept when it may be used only so often', async () => {
    await run(as(admin, { quota: 5 }))
    expect((await run(as(admin, { quota: 5 }))).origin).toBe('issued')
  })

  it('is not kept when somebody gave it to us', async () => {
    const { token } = await run(as(admin))
    const before = tokenFiles()
    const given = await withAdmin((console) => console.token())
    expect(given.reveal()).not.toBe(token)
    expect((await run({ kind: 'token', token: given })).origin).toBe('given')
    expect(tokenFiles()).toEqual(before)
  })

  it.each([
    ['disabled', (id: string) => withAdmin((it) => appCredentials(it).patch({ id, to: { disabled: true } }))],
    ['deleted', (id: string) => withAdmin((it) => appCredentials(it).delete(id))],
  ])('is worth nothing once its credential is %s, as without it', async (_what, end) => {
    const credential = await makeCredential(['@auth:role=namespace.viewer'])
    expect((await run(as(credential))).failure).toBeUndefined()
    await end(credential.id)
    expect((await run(as(credential))).failure).toBe('APO-API-AUTH')
    expect(tokenFiles()).toEqual([])
  })

  it('gives way to a new one when the Console does not know it any more', async () => {
    await run(as(admin))
    const [name = ''] = tokenFiles()
    const file = join(folder, 'tokens', name)
    const tokens = openTokenFolder(join(folder, 'tokens'))
    const stored = JSON.parse(readFileSync(file, 'utf8')) as {
      name: string
      issuedAtMs: number
      token: string
    }
    const { token } = tokens.read(stored.name) ?? {}
    const [head, claims] = token?.reveal().split('.') ?? []

    tokens.keep(stored.name, { issuedAtMs: stored.issuedAtMs, token: new Secret(`${head}.${claims}.AAAA`) })
    const next = await run(as(admin))
    expect(next).toMatchObject({ origin: 'issued', failure: undefined })
    expect((await run(as(admin))).token).toBe(next.token)
  })

  it('does not change what is forbidden', async () => {
    const viewer = await makeCredential(['@auth:role=namespace.viewer'])
    const outside = { restrictedNamespace: '/elsewhere' }
    expect((await run(as(viewer, outside))).failure).toBe('APO-API-FORBIDDEN')
    expect((await run(as(viewer, outside))).failure).toBe('APO-API-FORBIDDEN')
  })
})
