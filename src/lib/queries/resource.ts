import { entities } from '../../contract/entities/registry.ts'
import type { EntityDefinition, Operation } from '../../contract/entity/definition.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { nearestWords } from '../errors/nearest-words.ts'

const verbs: Readonly<Record<Operation, string>> = {
  'retrieve-many': 'lists',
  info: 'counts',
  create: 'creates',
  retrieve: 'gives one by one',
  update: 'changes',
  patch: 'changes',
  delete: 'deletes',
}

/** The kind of object of that name: singular, plural or alias. Throws APO-INPUT-VALUE with what may have been meant. */
export function resourceNamed(name: string): EntityDefinition {
  const entity = entities.find(name)
  if (entity !== undefined) return entity
  throw new ApoctlError(['APO-INPUT-VALUE', `"${name}" is no kind of object of the Console`], {
    hints: [meant(name), 'List the kinds: apoctl api all'].filter((hint) => hint !== undefined),
  })
}

/** The same, when the Console offers the operation on it. Throws APO-INPUT-VALUE when it does not. */
export function resourceFor(name: string, operation: Operation): EntityDefinition {
  const entity = resourceNamed(name)
  if (offers(entity, operation)) return entity
  throw new ApoctlError(
    ['APO-INPUT-VALUE', `${entity.category} are nothing the Console ${verbs[operation]}`],
    { hints: [`See what it does with them: apoctl api describe ${entity.name}`] },
  )
}

/** Whether an operation is there for objects by themselves, not below others. */
export function offers(entity: EntityDefinition, operation: Operation): boolean {
  return entity.routes.some(
    ({ parent, operations }) => parent === undefined && operations.includes(operation),
  )
}

/** Checks names of attributes. Throws APO-INPUT-VALUE that names the first that is none. */
export function checkAttributes(entity: EntityDefinition, names: readonly string[]): void {
  const unknown = names.find((name) => !Object.hasOwn(entity.attributes, name))
  if (unknown === undefined) return
  throw new ApoctlError(['APO-INPUT-VALUE', `${entity.category} have no attribute "${unknown}"`], {
    hints: attributeHints(entity, unknown),
  })
}

/** What may have been meant by a name that is no attribute, and what there is. */
export function attributeHints(entity: EntityDefinition, unknown: string): string[] {
  const names = Object.keys(entity.attributes).sort()
  const near = nearestWords(unknown, names)
  return [
    ...(near.length === 0 ? [] : [`Did you mean ${near.join(' or ')}?`]),
    `They have ${names.join(', ')}.`,
  ]
}

function meant(name: string): string | undefined {
  const words = entities.all.flatMap(({ name: one, category, aliases }) => [one, category, ...aliases])
  const near = nearestWords(name, words)
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`
}
