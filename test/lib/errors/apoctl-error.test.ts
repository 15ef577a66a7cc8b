import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { schemaProblems } from '../../helpers/json-schema.ts'

describe('ApoctlError', () => {
  it('takes exit code and advice from the catalogue', () => {
    const error = new ApoctlError(['APO-USAGE', '--x is not a flag'])
    expect(error).toMatchObject({
      name: 'ApoctlError',
      message: '--x is not a flag',
      exitCode: 2,
      hints: ['Run the command with --help and compare.'],
    })
    expect(error.cause).toBeUndefined()
  })

  it('prints named fields only: an error may carry tokens in others', () => {
    const error = Object.assign(new ApoctlError(['APO-API-AUTH', 'refused'], { cause: new Error('why') }), {
      request: { headers: { authorization: 'Bearer planted-secret' } },
    })
    expect(Object.keys(error.toDocument())).toEqual(['code', 'message', 'hints', 'exitCode'])
  })

  it('can be said in other words, and stays what it is', () => {
    const consoleErrors = [{ code: 422, title: 'Validation Error', description: 'why', subject: 'gaia' }]
    const cause = new Error('the network')
    const error = new ApoctlError(['APO-API-REJECTED', 'refused'], { cause, consoleErrors, hints: ['one'] })
    const other = error.restated({ hints: ['two'] })
    expect(other.toDocument()).toEqual({ ...error.toDocument(), hints: ['two'] })
    expect(other.cause).toBe(cause)
    expect(
      schemaProblems('Error', { apiVersion: 'apoctl/v1', kind: 'Error', ...other.toDocument() }),
    ).toEqual([])
  })

  it('has the published form', () => {
    const document = {
      apiVersion: 'apoctl/v1',
      kind: 'Error',
      ...new ApoctlError(['APO-USAGE', 'x']).toDocument(),
    }
    expect(schemaProblems('Error', document)).toEqual([])
    expect(schemaProblems('Error', { ...document, token: 'x' })).not.toEqual([])
    expect(schemaProblems('Error', { ...document, code: 'APO-NONE' })).not.toEqual([])
  })
})
