import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSigningKey, showFingerprint } from '../../../../src/lib/install/packages/signing-key.ts'

let home: string
const gpg = (...args: readonly string[]): Buffer =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--passphrase', '', ...args], { stdio: 'pipe' })

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'gpg-'))
  gpg('--quick-generate-key', 'one@example.invalid', 'rsa2048', 'sign', 'never')
  gpg('--quick-generate-key', 'two@example.invalid', 'ed25519', 'sign', 'never')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const fingerprintsOfGpg = (): string[] =>
  [
    ...gpg('--with-colons', '--list-keys')
      .toString()
      .matchAll(/^fpr:+([0-9A-F]+):/gm),
  ].map((match) => match[1]!)

describe('a key that gpg has exported', () => {
  it('has the fingerprints that gpg says, with armour and without', () => {
    const plain = readSigningKey(gpg('--export'), 'key')
    expect(plain.fingerprints).toEqual(fingerprintsOfGpg())
    expect(readSigningKey(gpg('--armor', '--export'), 'key')).toEqual(plain)
  })

  it('is the same text whatever it was read from, and gpg reads it', () => {
    const { armored, fingerprints } = readSigningKey(gpg('--export'), 'key')
    const apart = ['one@example.invalid', 'two@example.invalid'].map((name) =>
      gpg('--armor', '--export', name),
    )
    const windows = Buffer.from(Buffer.concat(apart).toString().replaceAll('\n', '\r\n'))
    expect(readSigningKey(windows, 'key').armored).toBe(armored)
    const file = join(home, 'key.asc')
    writeFileSync(file, armored)
    const shown = gpg('--with-colons', '--show-keys', file).toString()
    for (const fingerprint of fingerprints) expect(shown).toContain(fingerprint)
  })

  it('is refused when it is private, cut, or no key at all', () => {
    const refused = (content: Buffer) => expect(() => readSigningKey(content, 'that'))
    refused(gpg('--armor', '--export-secret-keys', 'one@example.invalid')).toThrow('no public key')
    refused(gpg('--export-secret-keys', 'one@example.invalid')).toThrow('private key')
    refused(gpg('--export').subarray(0, 200)).toThrow('no public key')
    refused(Buffer.from('<html>not found</html>')).toThrow('no public key')
    refused(Buffer.alloc(0)).toThrow('no public key')
  })
})

it('shows a fingerprint in groups, as people compare it', () => {
  expect(showFingerprint('0123456789AB')).toBe('0123 4567 89AB')
})
