import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

const schemas = join(import.meta.dirname, '../../schemas')
const ajv = new Ajv({ allErrors: true, strict: false })
addFormats.default(ajv)

/**
 * What is wrong with a document according to the published schema of its kind: one sentence each, none
 * when it fits. Throws when there is no schema of that name, so that a misspelt kind is no success.
 */
export function schemaProblems(kind: string, document: unknown): string[] {
  const schema: object = JSON.parse(readFileSync(join(schemas, `${kind}.json`), 'utf8'))
  const validate = ajv.compile(schema)
  if (validate(document)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`)
}
