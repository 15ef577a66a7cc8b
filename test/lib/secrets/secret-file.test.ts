import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSecretFile, writeSecretFile } from '../../../src/lib/secrets/secret-file.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-file-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('writeSecretFile', () => {
  it('leaves one file that only its owner can read', async () => {
    const path = join(folder, 'creds')
    await writeSecretFile(path, new Secret('first'))
    await writeSecretFile(path, new Secret('second'))
    expect((await stat(path)).mode & 0o7777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['creds'])
    const reading = await readSecretFile(path)
    expect(reading.outcome === 'read' && reading.content.reveal()).toBe('second')
  })

  it('narrows a file that others could read', async () => {
    const path = join(folder, 'creds')
    await writeFile(path, 'old', { mode: 0o644 })
    await writeSecretFile(path, new Secret('new'))
    expect((await stat(path)).mode & 0o7777).toBe(0o600)
  })

  it('leaves no draft behind when it cannot write', async () => {
    const path = join(folder, 'taken')
    await expect(writeSecretFile(join(path, 'deeper'), new Secret('x'))).rejects.toThrow('ENOENT')
    expect(await readdir(folder)).toEqual([])
  })
})

describe('readSecretFile', () => {
  it.each([0o640, 0o604, 0o660, 0o620])('refuses mode %o', async (mode) => {
    const path = join(folder, 'creds')
    await writeFile(path, 'x')
    await chmod(path, mode)
    expect(await readSecretFile(path)).toEqual({ outcome: 'exposed', mode })
  })

  it('judges the file that a link points to', async () => {
    await writeFile(join(folder, 'creds'), 'x', { mode: 0o600 })
    await symlink('creds', join(folder, 'link'))
    expect((await readSecretFile(join(folder, 'link'))).outcome).toBe('read')
  })

  it('tells missing from unreadable', async () => {
    expect(await readSecretFile(join(folder, 'none'))).toEqual({ outcome: 'missing' })
    await chmod(folder, 0o700)
    expect(await readSecretFile(folder)).toEqual({ outcome: 'unreadable', reason: 'EISDIR' })
  })
})
