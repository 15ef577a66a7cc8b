import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHostFacts } from '../../../src/enforcer/host/host-facts.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'host-facts-'))
})
afterEach(() => rm(root, { recursive: true }))

async function host(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return readHostFacts(root)
}

describe('readHostFacts', () => {
  it('reads os-release with and without quotes', async () => {
    const { os } = await host({
      'etc/os-release': 'NAME="Debian"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME=\'D 12\'\n',
    })
    expect(os).toEqual({ id: 'debian', version: '12', name: 'D 12' })
  })

  it('gives an identity that is stable, differs between machines, and does not contain the machine-id', async () => {
    const id = '0123456789abcdef0123456789abcdef'
    const one = await host({ 'etc/machine-id': `${id}\n` })
    const again = await host({ 'etc/machine-id': `${id}\n` })
    const other = await host({ 'etc/machine-id': 'f'.repeat(32) })
    expect(one.machineId).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/)
    expect(again.machineId).toBe(one.machineId)
    expect(other.machineId).not.toBe(one.machineId)
    expect(one.machineId.toLowerCase()).not.toContain(id.slice(0, 8))
  })

  it('takes the domain from /etc/hosts', async () => {
    const name = hostname()
    const { fqdn } = await host({
      'etc/hosts': `127.0.0.1 localhost\n10.0.0.1 ${name}.example.com ${name} # me\n`,
    })
    expect(fqdn).toBe(name.includes('.') ? name : `${name}.example.com`)
  })

  it('finds the certificate store of the distribution', async () => {
    const { publicAuthoritiesPem } = await host({
      'etc/pki/tls/certs/ca-bundle.crt': '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n',
    })
    expect(publicAuthoritiesPem).toContain('BEGIN CERTIFICATE')
  })

  it('gets by with nothing at all', async () => {
    const facts = await host({})
    expect(facts).toMatchObject({
      machineId: '',
      os: { id: '', version: '' },
      publicAuthoritiesPem: undefined,
    })
  })
})
