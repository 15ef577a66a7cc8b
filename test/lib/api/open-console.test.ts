import { afterEach, describe, expect, it } from 'vitest'
import { collectionOf } from '../../../src/lib/api/endpoints/collection.ts'
import { enforcers } from '../../../src/lib/api/endpoints/enforcers.ts'
import { readHealth } from '../../../src/lib/api/endpoints/healthchecks.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import type { ConsoleClient, ConsoleOptions } from '../../../src/lib/api/console-client.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import {
  makeCertificate,
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from './scripted-server.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

interface Scene {
  readonly server: ScriptedServer
  readonly console: ConsoleClient
  readonly slept: number[]
}

async function play(
  script: readonly ScriptedAnswer[],
  options: Partial<ConsoleOptions> = {},
  hear?: (text: string) => void,
): Promise<Scene> {
  const server = await startScriptedServer(script)
  const slept: number[] = []
  const console = openConsole(
    {
      api: server.api,
      namespace: '/acme',
      login: { kind: 'token', token: new Secret('planted-token') },
      trust: { authoritiesPem: server.certificatePem },
      ...options,
    },
    {
      hear,
      random: () => 1,
      clock: {
        ...systemClock,
        sleep: (ms) => {
          slept.push(ms)
          return Promise.resolve()
        },
      },
    },
  )
  open.push(console, server)
  return { server, console, slept }
}

const refusal = (code: number, title = 'Some title', description = 'why') => ({
  status: code,
  body: [{ code, title, description, subject: 'test' }],
})
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ApoctlError) return error.code
    throw error
  }
  return 'no error'
}

describe('a token that was issued', () => {
  const issued = (token: string) => ({ body: { token } })
  const certified = (): Partial<ConsoleOptions> => {
    const { cert, key } = makeCertificate()
    return {
      login: { kind: 'certificate', certificate: { certificatePem: cert, privateKeyPem: new Secret(key) } },
    }
  }

  it.each([401, 403])('is issued anew once when the Console answers %i to it', async (status) => {
    const { server, console } = await play(
      [issued('one'), refusal(status), issued('two'), { body: { ID: '1' } }],
      certified(),
    )
    expect(await enforcers(console).get('1')).toEqual({ ID: '1' })
    expect(server.seen.map(({ line }) => line)).toEqual([
      'POST /issue',
      'GET /enforcers/1',
      'POST /issue',
      'GET /enforcers/1',
    ])
    expect(server.seen[3]?.headers).toContainEqual(['authorization', 'Bearer two'])
  })

  it('is not issued again and again for what is simply forbidden', async () => {
    const forbidden = refusal(403)
    const { server, console } = await play(
      [issued('one'), forbidden, issued('two'), forbidden, forbidden, forbidden],
      certified(),
    )
    for (const id of ['1', '2', '3'])
      expect(await codeOf(enforcers(console).get(id))).toBe('APO-API-FORBIDDEN')
    expect(server.seen.filter(({ line }) => line === 'POST /issue')).toHaveLength(2)
    expect(server.seen).toHaveLength(6)
  })
})

describe('a call', () => {
  it('sends the token, the namespace, and one line for each wanted field', async () => {
    const { server, console } = await play([{ body: { ID: '1', name: 'a' } }])
    await enforcers(console).get('a/b c', { fields: ['ID', 'name'] })
    const [request] = server.seen
    expect(request?.line).toBe('GET /enforcers/a%2Fb%20c')
    expect(request?.headers).toContainEqual(['authorization', 'Bearer planted-token'])
    expect(request?.headers).toContainEqual(['x-namespace', '/acme'])
    expect(request?.headers.filter(([name]) => name === 'x-fields')).toEqual([
      ['x-fields', 'ID'],
      ['x-fields', 'name'],
    ])
  })

  it('tells what the Console has to say, message by message', async () => {
    const heard: string[] = []
    const headers = { 'X-Messages': "Attribute 'a' is deprecated; ;maintenance at noon" }
    const { console } = await play([{ headers, body: [] }, { status: 204 }], {}, (text) => heard.push(text))
    await console.call({ method: 'GET', path: ['enforcers'] })
    await console.call({ method: 'HEAD', path: ['enforcers'] })
    expect(heard).toEqual(["Attribute 'a' is deprecated", 'maintenance at noon'])
  })

  it('keeps its connections', async () => {
    const { server, console } = await play(Array.from({ length: 10 }, () => ({ body: {} })))
    for (let id = 0; id < 10; id += 1) await enforcers(console).get(String(id))
    // A second one is opened when a call starts before the pool has put the first one away.
    expect(server.connections()).toBeLessThanOrEqual(2)
  })

  it('sends no token where none is needed', async () => {
    const { server, console } = await play([{ status: 218, body: [{ type: 'Database', status: 'Offline' }] }])
    expect(await readHealth(console)).toEqual({
      condition: 'degraded',
      rows: [{ type: 'Database', status: 'Offline' }],
    })
    expect(server.seen[0]?.headers.map(([name]) => name)).not.toContain('authorization')
  })

  it.each([408, 423, 429, 502, 503, 504])('tries again after %i', async (status) => {
    const { server, console } = await play([refusal(status), { body: { ID: '1' } }])
    await enforcers(console).get('1')
    expect(server.seen).toHaveLength(2)
  })

  it.each([400, 403, 404, 405, 415, 417, 422, 500, 501])('does not try again after %i', async (status) => {
    const { server, console } = await play([refusal(status)])
    await expect(enforcers(console).get('1')).rejects.toThrow('Some title: why')
    expect(server.seen).toHaveLength(1)
  })

  it('waits as long as Retry-After says, then as always; longer each time when nothing is said', async () => {
    const busy = { ...refusal(503), headers: { 'retry-after': '7' } }
    const { console, slept } = await play([busy, refusal(503), refusal(503), { body: {} }])
    await enforcers(console).get('1')
    expect(slept).toEqual([7000 + 200, 2000 + 400, 4000 + 800])
  })

  it.each([
    ['a number', () => '3', 3000],
    ['a date, by the clock of the Console', () => 'Thu, 01 Jan 1970 00:01:03 GMT', 3000],
    ['a date that is over', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['nothing that makes sense', () => 'soon', 1000],
    ['less than nothing', () => '-5', 1000],
  ])('understands a Retry-After that is %s', async (_what, value, expectedMs) => {
    const date = 'Thu, 01 Jan 1970 00:01:00 GMT'
    const { console, slept } = await play([
      { ...refusal(429), headers: { 'retry-after': value(), date } },
      { body: {} },
    ])
    await enforcers(console).get('1')
    expect(slept).toEqual([expectedMs + 200])
  })

  it('does not wait for longer than it may take, and says how long it would have been', async () => {
    const locked = { ...refusal(423, 'API locked'), headers: { 'retry-after': '9999999999' } }
    const { console, slept } = await play([locked])
    await expect(enforcers(console).get('1')).rejects.toThrow(
      'API locked: why; it wants to be left alone for 9999999999 s',
    )
    expect(slept).toEqual([])
  })

  it('keeps all that the Console said when it refused', async () => {
    const missing = {
      code: 422,
      title: 'Validation Error',
      description: "Attribute 'name' is required",
      subject: 'elemental',
      trace: '5ce0a2f7',
    }
    const readOnly = { code: 422, title: 'Read Only Error', description: 'ID is read only', subject: 'gaia' }
    const items = [{ ...missing, data: { attribute: 'name', secret: 'planted' } }, readOnly]
    const { console } = await play([{ status: 422, body: items }])
    const error: unknown = await enforcers(console)
      .create({})
      .catch((thrown: unknown) => thrown)
    expect((error as ApoctlError).toDocument().consoleErrors).toEqual([
      { ...missing, attribute: 'name' },
      readOnly,
    ])
  })

  it('gives up after its attempts, and says what the Console said', async () => {
    const { console, server } = await play([
      refusal(503),
      refusal(503),
      refusal(503),
      refusal(503, 'Still down'),
    ])
    expect(await codeOf(enforcers(console).get('1'))).toBe('APO-API-UNAVAILABLE')
    expect(server.seen).toHaveLength(4)
  })

  it('repeats a write with the same idempotency key when the connection broke', async () => {
    const { server, console } = await play([{ hangUp: true }, { body: { ID: '1' } }, { body: { ID: '2' } }])
    await enforcers(console).create({ name: 'a' })
    await enforcers(console).create({ name: 'b' })
    const keys = server.seen.map(({ headers }) => headers.find(([name]) => name === 'idempotency-key')?.[1])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[0])
    expect(server.seen[1]?.body).toBe(server.seen[0]?.body)
  })

  it('takes a missing object as deleted when the first answer to its deletion was lost', async () => {
    const { console } = await play([{ hangUp: true }, refusal(404)])
    await enforcers(console).delete('1')
  })

  it('says that what it should delete is missing when nothing was lost', async () => {
    const { console } = await play([refusal(404)])
    expect(await codeOf(enforcers(console).delete('1'))).toBe('APO-API-NOT-FOUND')
  })

  it('ends at its deadline when nothing comes', async () => {
    const { console } = await play([{ silence: true }])
    expect(await codeOf(enforcers(console).get('1', { timeoutMs: 60 }))).toBe('APO-API-TIMEOUT')
  })

  it('rejects with the reason of the caller who cancels', async () => {
    const { console } = await play([{ silence: true }])
    const stop = new AbortController()
    const call = enforcers(console).get('1', { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('Ctrl-C')), 30)
    await expect(call).rejects.toThrow('Ctrl-C')
  })

  it.each([
    [refusal(401), 'APO-API-AUTH'],
    [refusal(403), 'APO-API-FORBIDDEN'],
    [refusal(404), 'APO-API-NOT-FOUND'],
    [refusal(422), 'APO-API-REJECTED'],
    [refusal(422, 'Duplicate Key'), 'APO-API-DUPLICATE'],
    [refusal(501), 'APO-API-UNSUPPORTED'],
    [{ status: 404, body: '<html>' }, 'APO-API-ANSWER'],
    [{ body: ['a list'] }, 'APO-API-ANSWER'],
  ] as const)('translates %j', async (answer, code) => {
    const { console } = await play([answer])
    expect(await codeOf(enforcers(console).get('1'))).toBe(code)
  })

  it('never shows the token in an error', async () => {
    const { console } = await play([refusal(401)])
    const error: unknown = await enforcers(console)
      .get('1')
      .catch((thrown: unknown) => thrown)
    const { inspect } = await import('node:util')
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('planted-token')
  })
})

describe('the way to a Console', () => {
  it('refuses a certificate nobody vouches for, and does not try twice', async () => {
    const { console, slept } = await play([{ body: {} }], { trust: {} })
    expect(await codeOf(enforcers(console).get('1'))).toBe('APO-API-TLS')
    expect(slept).toEqual([])
  })

  it('trusts the public authorities as well when there is one of its own', async () => {
    const other = await startScriptedServer([])
    open.push(other)
    const { server, console } = await play([{ body: {} }, { body: {} }])
    const trust = { authoritiesPem: other.certificatePem, publicAuthoritiesPem: server.certificatePem }
    const careful = openConsole(
      { api: server.api, namespace: '/acme', login: { kind: 'token', token: new Secret('t') }, trust },
      { random: () => 1, clock: systemClock },
    )
    open.push(careful)
    await enforcers(careful).get('1')
    await enforcers(console).get('1')
    expect(server.seen).toHaveLength(2)
  })

  it('refuses a certificate that neither its own authority nor a public one has signed', async () => {
    const other = await startScriptedServer([])
    open.push(other)
    const { server, console, slept } = await play([{ body: {} }], {
      trust: { authoritiesPem: other.certificatePem, publicAuthoritiesPem: other.certificatePem },
    })
    expect(await codeOf(enforcers(console).get('1'))).toBe('APO-API-TLS')
    expect(slept).toEqual([])
    expect(server.seen).toEqual([])
  })

  it('takes any certificate when told to', async () => {
    const { console } = await play([{ body: {} }], { trust: { skipVerify: true } })
    await enforcers(console).get('1')
  })

  it('says unreachable when nobody listens', async () => {
    const { console, server } = await play([])
    await server.close()
    expect(await codeOf(enforcers(console).get('1'))).toBe('APO-API-UNREACHABLE')
  })

  it.each(['http://console', 'console', 'https://console/path', 'https://user:pw@console', ''])(
    'does not take %j for an address',
    (api) => {
      expect(() =>
        openConsole(
          { api, namespace: '/', login: { kind: 'anonymous' } },
          { clock: systemClock, random: Math.random },
        ),
      ).toThrow('is not the address of a Console')
    },
  )
})

describe('a list', () => {
  it('goes from page to page, and asks for no page that nobody wants', async () => {
    const page = (ids: readonly string[], next?: string) => ({
      body: ids.map((ID) => ({ ID })),
      headers: next === undefined ? {} : { 'x-next': next },
    })
    const { server, console } = await play([page(['1', '2'], 'c 2'), page(['3'])])
    const things = collectionOf<{ readonly ID: string }>('things', console)
    const got: string[] = []
    for await (const { ID } of things.list({ filter: 'name == "x"', pageSize: 2, order: ['-name'] })) {
      if (got.length === 0) expect(server.seen).toHaveLength(1)
      got.push(ID)
    }
    expect(got).toEqual(['1', '2', '3'])
    const query = 'q=name%20%3D%3D%20%22x%22&order=-name'
    expect(server.seen.map(({ line }) => line)).toEqual([
      `GET /things?${query}&limit=2`,
      `GET /things?${query}&after=c%202&limit=2`,
    ])
  })

  it('in an order of several attributes is asked for by numbers, until all are seen', async () => {
    // On any page fewer may come than were asked for.
    const page = (...ids: string[]) => ({
      body: ids.map((ID) => ({ ID })),
      headers: { 'x-count-total': '4' },
    })
    const { server, console } = await play([page('1', '2'), page('3'), page('4')])
    const got: string[] = []
    const list = collectionOf<{ readonly ID: string }>('things', console).list({
      pageSize: 2,
      order: ['name', '-ID'],
    })
    for await (const { ID } of list) got.push(ID)
    expect(got).toEqual(['1', '2', '3', '4'])
    expect(server.seen.map(({ line }) => line)).toEqual(
      [1, 2, 3].map((number) => `GET /things?order=name&order=-ID&page=${number}&pagesize=2`),
    )
  })

  it.each([{ status: 204 }, { body: null }, { body: [] }])('takes %j as empty', async (answer) => {
    const { console } = await play([answer])
    expect(await collectionOf('things', console).first()).toBeUndefined()
  })
})
