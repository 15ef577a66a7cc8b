import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, mkdtempSync, openSync } from 'node:fs'
import {
  chownSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTokenFolder } from '../../../../src/lib/api/token-cache/token-folder.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'

const isRoot = process.getuid?.() === 0
let home: string
let folder: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apoctl-tokens-'))
  folder = join(home, '.apoctl', 'tokens')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

const issuedAtMs = Date.now()
const token = (text: string) => ({ token: new Secret(text), issuedAtMs })
const read = (name: string) => openTokenFolder(folder).read(name)?.token.reveal()
/** Keeps one token and gives the file it is in. */
function keepOne(): string {
  openTokenFolder(folder).keep('me', token('first'))
  const [name] = readdirSync(folder)
  return join(folder, name ?? '')
}

describe('a folder of tokens', () => {
  it('gives back what it was given, in a later run as well', () => {
    keepOne()
    expect(openTokenFolder(folder).read('me')).toEqual(token('first'))
    expect(read('me')).toBe('first')
    expect(read('somebody else')).toBeUndefined()
  })

  it('is open to its owner only, and so are its files', () => {
    const file = keepOne()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('first')
  })

  it('forgets', () => {
    keepOne()
    openTokenFolder(folder).forget('me')
    expect(read('me')).toBeUndefined()
    expect(readdirSync(folder)).toEqual([])
  })

  it('sweeps out what nobody has used for a week', () => {
    const old = join(folder, 'old.json')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(old, '')
    utimesSync(old, 1, 1)
    keepOne()
    expect(existsSync(old)).toBe(false)
  })

  it('makes its folder its own again', () => {
    const file = keepOne()
    chmodSync(folder, 0o755)
    expect(read('me')).toBeUndefined()
    keepOne()
    expect(read('me')).toBe('first')
    expect(existsSync(file)).toBe(true)
  })
})

const spoiled: readonly (readonly [string, (file: string) => void])[] = [
  ['others may read', (file) => chmodSync(file, 0o644)],
  ['others may write', (file) => chmodSync(file, 0o602)],
  [
    'is a link',
    (file) => {
      renameSync(file, join(home, 'elsewhere'))
      symlinkSync(join(home, 'elsewhere'), file)
    },
  ],
  [
    'is a pipe nobody writes to',
    (file) => {
      rmSync(file)
      execFileSync('mkfifo', ['-m', '600', file])
    },
  ],
  ['is empty', (file) => writeFileSync(file, '')],
  ['is cut off', (file) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20))],
  ['is no JSON', (file) => writeFileSync(file, '\0\0')],
  ['is another kind of JSON', (file) => writeFileSync(file, 'null')],
  ['holds no token', (file) => writeFileSync(file, '{"name":"me","issuedAtMs":1}')],
  [
    'holds the token of somebody else',
    (file) => writeFileSync(file, '{"name":"you","issuedAtMs":1,"token":"x"}'),
  ],
  [
    'has no end',
    (file) => writeFileSync(file, `{"name":"me","issuedAtMs":1,"token":"${'x'.repeat(70_000)}"}`),
  ],
]

describe('a file of tokens', () => {
  it.each(spoiled)('that %s counts as missing, and is replaced', (_what, spoil) => {
    const file = keepOne()
    spoil(file)
    expect(read('me')).toBeUndefined()
    openTokenFolder(folder).keep('me', token('second'))
    expect(read('me')).toBe('second')
    expect(lstatSync(file).isFile()).toBe(true)
  })

  it.runIf(isRoot)('that belongs to somebody else counts as missing, and is replaced', () => {
    chownSync(keepOne(), 12345, 12345)
    expect(read('me')).toBeUndefined()
    expect(statSync(keepOne()).uid).toBe(0)
  })

  it('is not written through a folder that is a link', () => {
    mkdirSync(join(home, 'elsewhere'), { mode: 0o700 })
    mkdirSync(join(home, '.apoctl'))
    symlinkSync(join(home, 'elsewhere'), folder)
    openTokenFolder(folder).keep('me', token('first'))
    expect(readdirSync(join(home, 'elsewhere'))).toEqual([])
  })

  it('costs nobody anything when it cannot be written', () => {
    writeFileSync(join(home, '.apoctl'), 'no folder')
    const tokens = openTokenFolder(folder)
    tokens.keep('me', token('first'))
    expect(tokens.read('me')).toBeUndefined()
    tokens.forget('me')
  })

  it('is replaced as a whole: who reads the old one at that moment reads all of it', () => {
    const file = keepOne()
    const reader = openSync(file, 'r')
    openTokenFolder(folder).keep('me', token('second'))
    expect(readFileSync(reader, 'utf8')).toContain('first')
    closeSync(reader)
    expect(read('me')).toBe('second')
    expect(readdirSync(folder)).toHaveLength(1)
  })
})
