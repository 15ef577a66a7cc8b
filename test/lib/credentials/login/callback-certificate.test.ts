import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { callbackCertificate } from '../../../../src/lib/credentials/login/callback-certificate.ts'

const folder = mkdtempSync(join(tmpdir(), 'callback-'))
afterAll(() => rmSync(folder, { recursive: true }))
const world = { nowMs: Date.now() }

describe('the certificate of the callback', () => {
  it('is made once and kept, for its owner only', async () => {
    const dataDir = join(folder, 'once/.apoctl')
    const first = await callbackCertificate(dataDir, world)
    expect(first.isNew).toBe(true)
    const second = await callbackCertificate(dataDir, world)
    expect(second).toMatchObject({ isNew: false, authorityPem: first.authorityPem })
    expect(statSync(join(dataDir, 'login-certificate.pem')).mode & 0o777).toBe(0o600)
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['others could read it', (path: string) => chmodSync(path, 0o644)],
    ['it is damaged', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 600))],
  ])('is replaced when %s', async (why, spoil) => {
    const dataDir = join(folder, why)
    const first = await callbackCertificate(dataDir, world)
    spoil(join(dataDir, 'login-certificate.pem'))
    const second = await callbackCertificate(dataDir, world)
    expect(second.isNew).toBe(true)
    expect(second.authorityPem).not.toBe(first.authorityPem)
    expect(statSync(join(dataDir, 'login-certificate.pem')).mode & 0o777).toBe(0o600)
  })

  it('is replaced when it ends', async () => {
    const dataDir = join(folder, 'ends')
    const first = await callbackCertificate(dataDir, world)
    const later = { nowMs: first.expiresAtMs - 60_000 }
    expect(await callbackCertificate(dataDir, later)).toMatchObject({ isNew: true })
  })

  it('says which file cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(callbackCertificate(join(folder, 'file/.apoctl'), world)).rejects.toMatchObject({
      code: 'APO-FILE-WRITE',
    })
  })
})
