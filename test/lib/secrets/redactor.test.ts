import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/lib/secrets/redactor.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'

describe('createRedactor', () => {
  it.each([
    ['plain', 's3cr3t/va lue'],
    ['in a URL', encodeURIComponent('s3cr3t/va lue')],
    ['in base64', Buffer.from('s3cr3t/va lue').toString('base64')],
  ])('removes a known secret that stands %s', (_where, form) => {
    expect(createRedactor([new Secret('s3cr3t/va lue')]).redact(`before ${form} after`)).toBe(
      'before [redacted] after',
    )
  })

  it('removes a secret that holds another one whole', () => {
    const redactor = createRedactor([new Secret('abcdef'), new Secret('abcdefghijkl')])
    expect(redactor.redact('x abcdefghijkl y')).toBe('x [redacted] y')
  })

  it('learns of secrets later', () => {
    const redactor = createRedactor()
    redactor.add(new Secret('learned-later'))
    expect(redactor.redact('learned-later')).toBe('[redacted]')
  })

  it('does not black out words for a secret that is too short to be one', () => {
    expect(createRedactor([new Secret('no')]).redact('nobody knows')).toBe('nobody knows')
  })

  it.each([
    ['a token', `got ${jwt}.`],
    ['a header', 'authorization: Bearer abcdef123456'],
    ['a query', 'wss://c/events?namespace=%2Fa&token=abcdef'],
    ['JSON', '{"token": "abcdef", "name": "x"}'],
    ['a configuration line', 'ENFORCERD_TOKEN=abcdef'],
    ['a quoted configuration line', "ENFORCERD_TOKEN='abc def'"],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----\nabcdef\n-----END EC PRIVATE KEY-----'],
    ['the first half of a private key', '-----BEGIN PRIVATE KEY-----\nabcdef\n'],
  ])('removes what looks like a secret in %s', (_where, text) => {
    const redacted = createRedactor().redact(text)
    expect(redacted).toContain('[redacted]')
    expect(redacted).not.toMatch(/abc ?def|eyJ/)
  })

  it('leaves ordinary text alone', () => {
    const text = 'enforcer web1 registered in /acme/prod, the token expires in 12h'
    expect(createRedactor().redact(text)).toBe(text)
  })
})
