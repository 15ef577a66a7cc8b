import { describe, expect, it } from 'vitest'
import { errorCatalog, isErrorCode } from '../../../src/lib/errors/catalog.ts'
import { exitCode } from '../../../src/lib/errors/exit-code.ts'

const entries = Object.entries(errorCatalog)

describe('errorCatalog', () => {
  it.each(entries)('%s has everything that a reader needs', (code, entry) => {
    expect(code).toMatch(/^APO-[A-Z0-9]+(?:-[A-Z0-9]+)*$/)
    expect(entry.title).toMatch(/^[A-Z].*[^.]$/)
    expect(entry.cause).toMatch(/\.$/)
    expect(entry.fix.length).toBeGreaterThan(0)
    expect(Object.values(exitCode)).toContain(entry.exitCode)
    expect(entry.exitCode).not.toBe(exitCode.ok)
  })

  it('says each thing once', () => {
    const titles = entries.map(([, { title }]) => title)
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([])
  })

  it('is not fooled by what every object has', () => {
    expect(isErrorCode('toString')).toBe(false)
    expect(isErrorCode('APO-USAGE')).toBe(true)
  })
})

describe('exitCode', () => {
  it('is the published table', () => {
    expect(exitCode).toEqual({
      ok: 0,
      no: 1,
      usage: 2,
      denied: 3,
      unreachable: 4,
      partial: 5,
      bug: 70,
      interrupted: 130,
      terminated: 143,
    })
  })
})
