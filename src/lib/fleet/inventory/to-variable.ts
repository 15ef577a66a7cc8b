import type { LocatedField } from './located.ts'
import type { Variable } from './variable.ts'

/**
 * A variable of a YAML or JSON file. Its value is looked at when somebody wants it: most are never wanted.
 * Encrypted and literal values come as tags in YAML and as small mappings in the JSON that Ansible prints.
 */
export function toVariable(field: LocatedField, file: string): Variable {
  const { content, line } = field
  const [wrapper] = content.fields?.length === 1 ? content.fields : []
  const place = { file, line }
  if (content.tag === '!vault' || content.tag === '!vault-encrypted' || wrapper?.name === '__ansible_vault')
    return { value: null, place, form: 'encrypted' }
  if (wrapper?.name === '__ansible_unsafe') return { value: wrapper.content.value, place, form: 'literal' }
  const form = content.tag === '!unsafe' ? 'literal' : undefined
  return {
    get value() {
      return content.value
    },
    place,
    form,
  }
}
