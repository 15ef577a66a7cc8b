import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeKeyPair } from '../../../src/lib/secrets/key-pair.ts'

const openssl = (args: readonly string[], input: string) =>
  execFileSync('openssl', [...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })

describe('makeKeyPair', () => {
  it('makes a request that openssl verifies, with an empty subject and a P-256 key', async () => {
    const { requestPem } = await makeKeyPair()
    const text = openssl(['req', '-verify', '-noout', '-text'], requestPem)
    expect(text).toMatch(/Subject:\s*\n/)
    expect(text).toContain('prime256v1')
    expect(text).toContain('ecdsa-with-SHA256')
  })

  it('names the app credential and its namespace for a renewal', async () => {
    const subject = { commonName: `app:credential:${'a'.repeat(24)}:é`, organization: '/a/b' }
    const { requestPem: request } = await makeKeyPair(subject)
    expect(openssl(['req', '-verify', '-noout', '-subject', '-utf8', '-nameopt', 'utf8'], request)).toContain(
      `app:credential:${'a'.repeat(24)}:é`,
    )
    expect(openssl(['req', '-noout', '-subject'], request)).toMatch(/O\s*=\s*\/a\/b/)
  })

  it('writes lengths of more than 255 bytes right', async () => {
    const { requestPem: request } = await makeKeyPair({
      organization: '/' + 'n'.repeat(60),
      commonName: 'c'.repeat(300),
    })
    // X.509 bounds a common name at 64 characters; openssl still has to be able to read the frame.
    expect(openssl(['asn1parse'], request)).toContain('c'.repeat(300))
  })

  it('gives a key that reads back and does not print', async () => {
    const { privateKeyPem } = await makeKeyPair()
    expect(createPrivateKey(privateKeyPem.reveal()).asymmetricKeyType).toBe('ec')
    expect(`${String(privateKeyPem)} ${JSON.stringify({ privateKeyPem })}`).not.toContain('PRIVATE')
  })
})
