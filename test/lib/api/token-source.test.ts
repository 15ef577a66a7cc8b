import { describe, expect, it } from 'vitest'
import type { KeptToken } from '../../../src/lib/api/session/kept-tokens.ts'
import { givenToken, issuedToken, type IssuingWorld } from '../../../src/lib/api/session/token-source.ts'
import { readTokenLife } from '../../../src/lib/api/session/token-claims.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

function token(lifeSeconds: number, id: number): Secret {
  const claims = { iat: 1000, ...(lifeSeconds === Infinity ? {} : { exp: 1000 + lifeSeconds }), id }
  return new Secret(`e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig${id}`)
}

function issuer(lifeSeconds = 100, kept?: IssuingWorld['kept']) {
  const scene = { nowMs: 0, wallMs: 1_700_000_000_000, issued: 0, fails: false }
  const source = issuedToken(
    async () => {
      await Promise.resolve()
      if (scene.fails) throw new Error('no Console')
      return token(lifeSeconds, (scene.issued += 1))
    },
    { clock: { monotonicMs: () => scene.nowMs, nowMs: () => scene.wallMs }, kept },
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
    const replaced = await Promise.all([
      source.replace({ stale, status: 401 }),
      source.replace({ stale, status: 401 }),
    ])
    expect(replaced.map((secret) => secret?.reveal().split('.')[2])).toEqual(['sig2', 'sig2'])
    expect((await source.replace({ stale, status: 401 }))?.reveal()).toContain('sig2')
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

describe('a token that the Console refuses as forbidden', () => {
  it('is replaced once; what is forbidden to the new one is forbidden', async () => {
    const { scene, source } = issuer()
    const first = await source.current()
    const second = await source.replace({ stale: first, status: 403 })
    expect(second?.reveal()).toContain('sig2')
    expect(await source.replace({ stale: await source.current(), status: 403 })).toBeUndefined()
    expect((await source.current()).reveal()).toContain('sig2')
    expect(scene.issued).toBe(2)
  })

  it('is still replaced when it is not taken at all later', async () => {
    const { source } = issuer()
    const second = await source.replace({ stale: await source.current(), status: 403 })
    if (!second) throw new Error('no second token')
    expect((await source.replace({ stale: second, status: 401 }))?.reveal()).toContain('sig3')
  })

  it('stays what it is when it was given', async () => {
    const source = givenToken(new Secret('given'))
    expect(await source.replace({ stale: await source.current(), status: 403 })).toBeUndefined()
    expect(source.origin()).toBe('given')
  })
})

describe('a token that outlives its run', () => {
  function shelf() {
    const held = new Map<string, KeptToken>()
    const tokens = {
      read: (name: string) => held.get(name),
      keep: (name: string, kept: KeptToken) => void held.set(name, kept),
      forget: (name: string) => void held.delete(name),
    }
    return { held, kept: { tokens, name: 'me' } }
  }

  it('serves the next run until half of its life, by our own clock', async () => {
    const { kept } = shelf()
    await issuer(100, kept).current()
    const next = issuer(100, kept)
    next.scene.wallMs += 49_999
    expect(await next.current()).toBe('sig1')
    expect(next.scene.issued).toBe(0)
    expect(next.source.origin()).toBe('kept')
    next.scene.nowMs += 1
    await next.current()
    expect(next.scene.issued).toBe(1)
    expect(next.source.origin()).toBe('issued')
  })

  it.each([
    ['half of its life is over', 50_000],
    ['our clock was set back', -1],
  ])('does not when %s', async (_why, passedMs) => {
    const { kept, held } = shelf()
    await issuer(100, kept).current()
    const next = issuer(100, kept)
    next.scene.wallMs += passedMs
    await next.current()
    expect(next.scene.issued).toBe(1)
    expect(held.get('me')?.issuedAtMs).toBe(next.scene.wallMs)
  })

  it('is forgotten when the Console refuses it, and stays so when no other can be had', async () => {
    const { kept, held } = shelf()
    await issuer(100, kept).current()
    const next = issuer(100, kept)
    next.scene.fails = true
    const stale = await next.source.current()
    await expect(next.source.replace({ stale, status: 401 })).rejects.toThrow('no Console')
    expect(held.size).toBe(0)
  })

  it('is not kept when nobody knows how long it is good', async () => {
    const { kept, held } = shelf()
    await issuer(Infinity, kept).current()
    expect(held.size).toBe(0)
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
