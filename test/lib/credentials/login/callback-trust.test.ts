import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demandTrust, type TrustContext } from '../../../../src/lib/credentials/login/callback-trust.ts'
import { makeLoopbackCertificate } from '../../../../src/lib/secrets/make-loopback-certificate.ts'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'

// Real lists: files of certificates, and NSS databases made with NSS's own certutil.

const folder = mkdtempSync(join(tmpdir(), 'trust-'))
afterAll(() => rmSync(folder, { recursive: true }))
let authorityPem: string
let otherPem: string
beforeAll(async () => {
  authorityPem = (await makeLoopbackCertificate({ nowMs: Date.now() })).authorityPem
  otherPem = (await makeLoopbackCertificate({ nowMs: Date.now() })).authorityPem
})

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** A home in which a browser has this database, with these certificates and how far each is trusted. */
function homeWith(place: string, trusted: readonly (readonly [pem: string, flags: string])[]): string {
  const home = mkdtempSync(join(folder, 'home-'))
  const database = join(home, place)
  mkdirSync(database, { recursive: true })
  execFileSync('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  trusted.forEach(([pem, flags], at) => {
    const from = file(`${at}.pem`, pem)
    execFileSync('certutil', [
      '-A',
      '-d',
      `sql:${database}`,
      '-t',
      flags,
      '-n',
      `a name, of "${at}"`,
      '-i',
      from,
    ])
  })
  return home
}

async function look(change: Partial<TrustContext> & { readonly path?: string }) {
  const local = openLocal({ environment: { PATH: change.path ?? process.env['PATH'] } })
  const warnings: string[] = []
  const context: TrustContext = {
    platform: 'linux',
    listFile: file('none.pem', ''),
    home: mkdtempSync(join(folder, 'home-')),
    run: (request, options) => local.run(request, options),
    signal: new AbortController().signal,
    warn: (text) => warnings.push(text),
    ...change,
  }
  try {
    await demandTrust(authorityPem, context)
    return { warnings, error: undefined }
  } catch (error) {
    return { warnings, error: error as { code: string; message: string; hints: readonly string[] } }
  } finally {
    await local.close()
  }
}

describe('looking whether the certificate is trusted', () => {
  it('finds it in the list of the machine, however its lines are broken', async () => {
    const rebroken = authorityPem.replace(/\n(?!-)/g, '').replace('CERTIFICATE-----', 'CERTIFICATE-----\r\n')
    const listFile = file('list.pem', `${otherPem}\n${rebroken}`)
    expect(await look({ listFile })).toEqual({ warnings: [], error: undefined })
  })

  it('is not content with another authority of apoctl', async () => {
    const { error } = await look({ listFile: file('other.pem', otherPem) })
    expect(error).toMatchObject({ code: 'APO-LOGIN-CERTIFICATE' })
  })

  it.each([
    ['Chrome', '.pki/nssdb'],
    ['Firefox', '.mozilla/firefox/x1y2.default-release'],
  ])('finds it where %s looks', async (_browser, place) => {
    const home = homeWith(place, [
      [otherPem, 'C,,'],
      [authorityPem, 'CT,C,C'],
    ])
    expect(await look({ home })).toEqual({ warnings: [], error: undefined })
  })

  it('knows a certificate that is only there from one that is trusted', async () => {
    const home = homeWith('.pki/nssdb', [
      [authorityPem, ',,'],
      [otherPem, 'C,,'],
    ])
    const { error } = await look({ home })
    expect(error?.message).toContain('Chrome')
    expect(error?.hints.join('\n')).toContain('certutil -d sql:$HOME/.pki/nssdb -A')
  })

  it('warns of a browser that goes by a list of its own', async () => {
    const listFile = file('machine.pem', authorityPem)
    const home = homeWith('.mozilla/firefox/x1y2.default', [])
    const { warnings, error } = await look({ listFile, home })
    expect(error).toBeUndefined()
    expect(warnings).toEqual(['Firefox would not trust the certificate of apoctl'])
  })

  it('says what is missing to look into browsers', async () => {
    const home = homeWith('.pki/nssdb', [[authorityPem, 'C,,']])
    const { error } = await look({ home, path: '/nowhere' })
    expect(error?.hints.join('\n')).toContain('libnss3-tools')
  })

  it('leaves it to the browser where nothing can be read', async () => {
    const { warnings, error } = await look({ listFile: join(folder, 'missing.pem') })
    expect(error).toBeUndefined()
    expect(warnings.join()).toContain('cannot be told')
  })

  it.each([
    ['darwin', 'security add-trusted-cert'],
    ['win32', 'certutil -user -addstore Root'],
  ] as const)('says the command of %s, or that it cannot tell', async (platform, command) => {
    // What Node reads here is the list of Linux; where it is too old to read any, nothing is known.
    const { warnings, error } = await look({ platform })
    if (error === undefined) expect(warnings.join()).toContain('cannot be told')
    else expect(error.hints.join('\n')).toContain(command)
  })
})
