import { describe, expect, it } from 'vitest'
import { errorCatalog } from '../../../src/lib/errors/catalog.ts'
import { explainError } from '../../../src/lib/errors/explain.ts'

describe('explainError', () => {
  it('explains every code there is', () => {
    expect(explainError(undefined).errors.map(({ code }) => code)).toEqual(Object.keys(errorCatalog))
  })

  it('takes a code in any case', () => {
    expect(explainError('apo-usage').errors).toEqual([{ code: 'APO-USAGE', ...errorCatalog['APO-USAGE'] }])
  })

  it('refuses a code that does not exist', () => {
    expect(() => explainError('APO-NONE')).toThrow('"APO-NONE" is not an error code of apoctl')
  })
})
