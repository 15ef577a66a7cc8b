import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packagePermission } from '../../src/contract/enforcer-packages.ts'
import { byteRange } from '../../src/console/packages/byte-range.ts'
import { callConsole, issueTestToken, startTestConsole, type TestConsole } from '../helpers/console.ts'

let console: TestConsole
let token: string
let packagesFolder: string
const content = Buffer.from('0123456789')
beforeAll(async () => {
  packagesFolder = mkdtempSync(join(tmpdir(), 'apoctl-packages-'))
  mkdirSync(join(packagesFolder, 'linux-x64/folder.tar.gz'), { recursive: true })
  writeFileSync(join(packagesFolder, 'linux-x64/app-1.tar.gz'), content)
  writeFileSync(join(packagesFolder, 'linux-x64/manifest.json'), '{}')
  writeFileSync(join(packagesFolder, 'secret.tar.gz'), 'secret')
  symlinkSync('/etc/shadow', join(packagesFolder, 'linux-x64/.hidden.tar.gz'))
  console = await startTestConsole({ packagesFolder })
  const more = { restrictedPermissions: [packagePermission] }
  token = await issueTestToken(console, { credential: console.adminCredential, more })
})
afterAll(async () => {
  await console.close()
  rmSync(packagesFolder, { recursive: true })
})

const get = (path: string, headers: Readonly<Record<string, string>> = {}, how: { as?: string } = {}) =>
  callConsole(console, { path: `/_packages/enforcer/${path}`, token: how.as ?? token, headers })

describe('a layer of the enforcer', () => {
  it('is given to whoever shows a good token, in whichever namespace', async () => {
    const { status, bytes, headers } = await get('linux-x64/app-1.tar.gz')
    expect({ status, bytes }).toEqual({ status: 200, bytes: content })
    expect(headers).toMatchObject({ 'content-length': '10', 'accept-ranges': 'bytes' })
  })

  it('is not given to anybody else, nor by a cookie', async () => {
    const path = '/_packages/enforcer/linux-x64/app-1.tar.gz'
    expect((await callConsole(console, { path })).status).toBe(401)
    expect((await get('linux-x64/app-1.tar.gz', {}, { as: 'nonsense' })).status).toBe(401)
    const headers = { Cookie: `x-aporeto-token=${token}` }
    expect((await callConsole(console, { path, headers })).status).toBe(401)
    expect((await get('linux-x64/nothing.tar.gz', {}, { as: 'nonsense' })).status).toBe(401)
  })

  it.each([
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=2-3', 206, '23', 'bytes 2-3/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('answers %s with %i', async (Range, status, text, contentRange) => {
    const answer = await get('linux-x64/app-1.tar.gz', { Range })
    expect([answer.status, answer.bytes.toString()]).toEqual([status, text])
    expect(answer.headers['content-range']).toBe(contentRange)
  })

  it('is given whole where it is not the one that was begun, and not at all where it is known', async () => {
    const { etag } = (await get('linux-x64/app-1.tar.gz')).headers as { etag: string }
    const part = { Range: 'bytes=4-' }
    expect((await get('linux-x64/app-1.tar.gz', { ...part, 'If-Range': etag })).status).toBe(206)
    expect((await get('linux-x64/app-1.tar.gz', { ...part, 'If-Range': '"another"' })).status).toBe(200)
    expect((await get('linux-x64/app-1.tar.gz', { 'If-None-Match': etag })).status).toBe(304)
  })

  it.each([
    'linux-x64/manifest.json',
    'linux-x64/nothing.tar.gz',
    'linux-x64/folder.tar.gz',
    'linux-x64/.hidden.tar.gz',
    'linux-x64/../secret.tar.gz',
    'linux-x64/..%2fsecret.tar.gz',
    'linux-x64%2f..%2fsecret.tar.gz',
    'plan9/app-1.tar.gz',
    'linux-x64/',
    '',
  ])('is the only thing that is given: not %j', async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  it('is not to be written', async () => {
    const path = '/_packages/enforcer/linux-x64/app-1.tar.gz'
    expect((await callConsole(console, { method: 'PUT', path, token, body: 'x' })).status).toBe(405)
  })

  it('is described without being sent', async () => {
    const path = '/_packages/enforcer/linux-x64/app-1.tar.gz'
    const { status, headers, bytes } = await callConsole(console, { method: 'HEAD', path, token })
    expect([status, headers['content-length'], bytes.length]).toEqual([200, '10', 0])
  })

  it('is sent to many at once, also to those who leave in the middle, and nothing is complained about', async () => {
    writeFileSync(join(packagesFolder, 'linux-x64/large.tar.gz'), Buffer.alloc(20_000_000))
    const path = '/_packages/enforcer/linux-x64/large.tar.gz'
    const leave = async () => {
      const response = await fetchStart(path)
      response.destroy()
    }
    await Promise.all([
      ...Array.from({ length: 5 }, leave),
      ...Array.from({ length: 5 }, () => get('linux-x64/large.tar.gz')),
    ])
    expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
  })

  /** Begins to read an answer and lets it go. */
  async function fetchStart(path: string): Promise<{ destroy: () => unknown }> {
    const { request } = await import('node:https')
    return new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}` }
      request(`${console.url}${path}`, { ca: console.caPem, headers }, (response) => {
        response.once('data', () => resolve(response))
      })
        .on('error', reject)
        .end()
    })
  }
})

it('a token that is made to fetch layers can do nothing else', async () => {
  const asked = { path: '/namespaces', token, namespace: '/' }
  expect((await callConsole(console, asked)).status).toBe(403)
  const body = { name: 'mine' }
  expect((await callConsole(console, { ...asked, method: 'POST', body })).status).toBe(403)
})

describe('a range of bytes', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=5-2', 'whole'],
    ['bytes=-0', 'none'],
    ['bytes=99-', 'none'],
    ['bytes=-99', { first: 0, last: 9 }],
    ['bytes=99999999999999999999-', 'whole'],
  ])('%s of ten is %j', (header, range) => expect(byteRange(header, 10)).toEqual(range))
  it('of nothing is nothing', () => {
    expect(byteRange('bytes=0-', 0)).toBe('none')
  })
})
