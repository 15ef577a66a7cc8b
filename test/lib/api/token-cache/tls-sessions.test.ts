import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enforcers } from '../../../../src/lib/api/endpoints/enforcers.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import type { KeptToken, KeptTokens } from '../../../../src/lib/api/session/kept-tokens.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { makeCertificate, startScriptedServer, type ScriptedServer } from '../scripted-server.ts'

const answers = Array.from({ length: 8 }, () => ({ body: { ID: '1' } }))
const held = new Map<string, KeptToken>()
const keptTokens: KeptTokens = {
  read: (name) => held.get(name),
  keep: (name, kept) => void held.set(name, kept),
  forget: (name) => void held.delete(name),
}
const closing: ScriptedServer[] = []
beforeEach(() => held.clear())
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close()
})

async function start(port?: number): Promise<ScriptedServer> {
  const server = await startScriptedServer(answers, port)
  closing.push(server)
  return server
}

/** One run of the program against that address, by those who trust that certificate. */
async function run(api: string, authoritiesPem: string, passedMs = 0): Promise<string> {
  const clock = { ...systemClock, nowMs: () => Date.now() + passedMs }
  const login = { kind: 'token', token: new Secret('planted-token') } as const
  const options = { api, namespace: '/', login, trust: { authoritiesPem } }
  const console = openConsole(options, { clock, random: Math.random, keptTokens })
  try {
    return (await enforcers(console).get('1')).ID
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await console.close()
  }
}

describe('a TLS session that outlives its run', () => {
  it('is resumed by the next', async () => {
    const server = await start()
    expect(await run(server.api, server.certificatePem)).toBe('1')
    expect(await run(server.api, server.certificatePem)).toBe('1')
    expect(server.resumed).toEqual([false, true])
  })

  it('does not let anybody else in at the same address', async () => {
    const server = await start()
    await run(server.api, server.certificatePem)
    await server.close()
    const impostor = await start(Number(new URL(server.api).port))
    expect(await run(server.api, server.certificatePem)).toBe('APO-API-TLS')
    expect(impostor.seen).toEqual([])
  })

  it('gives way to a look at the certificate when the Console has forgotten it', async () => {
    const server = await start()
    await run(server.api, server.certificatePem)
    const [[name, kept] = []] = held
    if (name === undefined || kept === undefined) throw new Error('no session was kept')
    held.set(name, { ...kept, token: new Secret(Buffer.from('no session').toString('base64')) })
    expect(await run(server.api, server.certificatePem)).toBe('1')
    expect(server.resumed).toEqual([false, false])
  })

  it('stands for nobody who trusts others', async () => {
    const server = await start()
    await run(server.api, server.certificatePem)
    expect(await run(server.api, makeCertificate().cert)).toBe('APO-API-TLS')
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['a day is over', 25 * 3_600_000],
    ['our clock was set back', -60_000],
  ])('is not used once %s', async (_why, passedMs) => {
    const server = await start()
    await run(server.api, server.certificatePem)
    expect(await run(server.api, server.certificatePem, passedMs)).toBe('1')
    expect(server.resumed).toEqual([false, false])
  })
})
