import type { AttributeDefinition, EntityDefinition, WireObject } from '../../contract/entity/definition.ts'
import { initialValue } from '../../contract/entity/zero-value.ts'
import { attributeForm } from './attribute-form.ts'

/** An object to start from: every attribute a client may set, at its default. */
export function stubOf(entity: EntityDefinition): WireObject {
  return Object.fromEntries(settable(entity).map(([name, attribute]) => [name, initialValue(attribute)]))
}

/**
 * The same as YAML for a person to edit: each attribute with what it is and takes, and only those in force that
 * are required or in `given`.
 */
export async function commentedStub(entity: EntityDefinition, given: WireObject): Promise<string> {
  const { stringify } = await import('yaml')
  const blocks = settable(entity).map(([name, attribute]) => {
    const known = Object.hasOwn(given, name)
    const text = stringify({ [name]: known ? given[name] : initialValue(attribute) }).trimEnd()
    const inForce = known || attribute.required === true
    return `${comment(aboutOf(attribute))}\n${inForce ? text : comment(text)}\n`
  })
  const head = comment(
    `${entity.description}\nSave and leave the editor to go on; leave it without saving to change nothing.`,
  )
  return [`${head}\n`, ...blocks].join('\n')
}

function aboutOf(attribute: AttributeDefinition): string {
  const required = attribute.required === true ? 'Required: ' : ''
  return `${attribute.description} ${required}${attributeForm(attribute)}.`
}

function comment(text: string): string {
  return text.replace(/^/gm, '# ')
}

/** Required ones first, as a person wants to see them. */
function settable(entity: EntityDefinition): (readonly [string, AttributeDefinition])[] {
  const names = Object.entries(entity.attributes).filter(
    ([, { readOnly, deprecated }]) => readOnly !== true && deprecated !== true,
  )
  const rank = ({ required }: AttributeDefinition): number => (required === true ? 0 : 1)
  return names.sort(([a, one], [b, other]) => rank(one) - rank(other) || a.localeCompare(b))
}
