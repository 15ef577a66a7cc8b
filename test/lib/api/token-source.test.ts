import { describe, expect, it } from 'vitest'
import { issuedToken } from '../../../src/lib/api/session/token-source.ts'
import { readTokenLife } from '../../../src/lib/api/session/token-claims.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

function token(lifeSeconds: number, id: number): Secret {
  const claims = { iat: 1000, ...(lifeSeconds === Infinity ? {} : { exp: 1000 + lifeSeconds }), id }
  return new Secret(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig${id}`)
}

function issuer(lifeSeconds = 100) {
  const scene = { nowMs: 0, issued: 0, fails: false }
  const source = issuedToken(
    async () => {
      await Promise.resolve()
      if (scene.fails) throw new Error('no Console')
      return token(lifeSeconds, (scene.issued += 1))
    },
    { monotonicMs: () => scene.nowMs },
  )
  const current = async () => (await source.current()).reveal().split('.')[2]
  return { scene, source, current }
}

describe('a token that is issued on demand', () => {
  it('serves for half of its life and is then renewed', async () => {
    const { scene, current } = issuer()
    expect(await current()).toBe('sig1')
    scene.nowMs = 49_999
    expect(await current()).toBe('sig1')
    scene.nowMs = 50_000
    expect(await current()).toBe('sig2')
    expect(scene.issued).toBe(2)
  })

  it('is issued once, however many ask', async () => {
    const { scene, current } = issuer()
    expect(await Promise.all([current(), current(), current()])).toEqual(['sig1', 'sig1', 'sig1'])
    expect(scene.issued).toBe(1)
  })

  it('serves to its end when no new one can be had, and not longer', async () => {
    const { scene, current } = issuer()
    await current()
    scene.fails = true
    scene.nowMs = 99_999
    expect(await current()).toBe('sig1')
    scene.nowMs = 100_000
    await expect(current()).rejects.toThrow('no Console')
  })

  it('is replaced once for all who saw it refused', async () => {
    const { scene, source } = issuer()
    const stale = await source.current()
    const replaced = await Promise.all([source.replace(stale), source.replace(stale)])
    expect(replaced.map((secret) => secret?.reveal().split('.')[2])).toEqual(['sig2', 'sig2'])
    expect((await source.replace(stale))?.reveal()).toContain('sig2')
    expect(scene.issued).toBe(2)
  })

  it('goes on for the others when one of them leaves', async () => {
    const { source, current } = issuer()
    const stop = new AbortController()
    const leaving = source.current(stop.signal)
    stop.abort(new Error('I leave'))
    await expect(leaving).rejects.toThrow('I leave')
    expect(await current()).toBe('sig1')
  })

  it('is kept for good when it never expires', async () => {
    const { scene, current } = issuer(Infinity)
    await current()
    scene.nowMs = 1e12
    expect(await current()).toBe('sig1')
    expect(scene.issued).toBe(1)
  })
})

describe('readTokenLife', () => {
  it.each(['', 'opaque', 'a.b.c', `x.${Buffer.from('null').toString('base64url')}.y`])(
    'knows nothing of %j',
    (text) => {
      expect(readTokenLife(new Secret(text))).toEqual({ lifeMs: undefined, expiresAtMs: undefined })
    },
  )
})
