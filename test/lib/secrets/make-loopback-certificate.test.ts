import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readLoopbackCertificate } from '../../../src/lib/secrets/loopback-certificate.ts'
import { makeLoopbackCertificate } from '../../../src/lib/secrets/make-loopback-certificate.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'loopback-'))
afterAll(() => rmSync(folder, { recursive: true }))

const made = await makeLoopbackCertificate({ nowMs: Date.now() })
const [certificatePem = ''] =
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(made.tlsPem.reveal()) ?? []
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const leaf = file('leaf.pem', certificatePem)
const authority = file('authority.pem', made.authorityPem)
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { encoding: 'utf8', stdio: 'pipe' })

describe('the certificate for the loopback', () => {
  it('is good for localhost by the strictest reading of OpenSSL, and for no other name', () => {
    const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', authority]
    expect(openssl(...verify, '-verify_hostname', 'localhost', leaf)).toContain('OK')
    expect(() => openssl(...verify, '-verify_hostname', 'example.com', leaf)).toThrow(/failed/)
  })

  it('lives no longer than every platform accepts', () => {
    const days = (made.expiresAtMs - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(820)
    expect(days).toBeLessThan(825)
  })

  it('has an authority that is limited to the loopback, and whose key is nowhere', () => {
    const text = openssl('x509', '-in', authority, '-noout', '-text')
    expect(text).toMatch(/Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.1/)
    expect(text).toContain('CA:TRUE, pathlen:0')
    expect(made.tlsPem.reveal().match(/PRIVATE KEY-----/g)).toHaveLength(2)
    const key = openssl('pkey', '-in', file('both.pem', made.tlsPem.reveal()), '-pubout')
    expect(openssl('x509', '-in', authority, '-noout', '-pubkey')).not.toBe(key)
    expect(openssl('x509', '-in', leaf, '-noout', '-pubkey')).toBe(key)
  })

  it('is another one each time', async () => {
    const second = await makeLoopbackCertificate({ nowMs: Date.now() })
    expect(second.authorityPem).not.toBe(made.authorityPem)
  })

  it('can be read again, and only when its parts belong together', async () => {
    expect(readLoopbackCertificate(made.tlsPem)).toEqual(made)
    const other = (await makeLoopbackCertificate({ nowMs: Date.now() })).tlsPem.reveal()
    const mixed =
      other.slice(0, other.indexOf('-----BEGIN CERT')) +
      made.tlsPem.reveal().slice(made.tlsPem.reveal().indexOf('-----BEGIN CERT'))
    for (const wrong of [mixed, '', 'nonsense', made.authorityPem])
      expect(() => readLoopbackCertificate(new Secret(wrong))).toThrow()
  })
})
