import { attributeOf } from '../../contract/entity/definition.ts'
import type { Call } from '../call.ts'

/** What a client should hear about the deprecated attributes that it gave values to; for `X-Messages`. */
export function deprecations({ definition, body }: Pick<Call, 'definition' | 'body'>): readonly string[] {
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body)
    .filter(([name, value]) => attributeOf(definition, name)?.deprecated === true && !isEmpty(value))
    .map(([name]) => `Attribute '${name}' of ${definition.category} is deprecated`)
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === false || value === 0) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
