import { entities } from '../../contract/entities/registry.ts'
import type { EntityDefinition } from '../../contract/entity/definition.ts'
import type { ConsoleClient } from '../api/console-client.ts'
import { collectionOf } from '../api/endpoints/collection.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'

export interface CreateObjectOptions {
  /** Singular, plural or an alias: `namespace`, `ns`. */
  readonly resource: string
  readonly namespace: string
  /** The object as JSON text. */
  readonly data: string
}

export interface CreatedObject {
  readonly resource: string
  /** As the Console made it, with its ID. */
  readonly object: Readonly<Record<string, unknown>>
}

/** Creates one object. Wrong names and values are found here where the contract tells, else by the Console. */
export async function createObject(
  options: CreateObjectOptions,
  context: { readonly console: ConsoleClient; readonly signal: AbortSignal },
): Promise<CreatedObject> {
  const entity = creatable(options.resource)
  const object = parseObject(options.data, entity)
  const collection = collectionOf<Readonly<Record<string, unknown>>>(entity.category, context.console)
  const created = await collection.create(object, { namespace: options.namespace, signal: context.signal })
  return { resource: entity.category, object: created }
}

function creatable(resource: string): EntityDefinition {
  const entity = entities.find(resource)
  if (entity?.routes.some(({ operations }) => operations.includes('create')) === true) return entity
  throw new ApoctlError(['APO-INPUT-VALUE', `"${resource}" is nothing the Console creates`])
}

function parseObject(data: string, entity: EntityDefinition): Readonly<Record<string, unknown>> {
  const value = parseJson(data)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApoctlError(['APO-INPUT-VALUE', '--data is no JSON object'])
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(entity.attributes, name))
  if (unknown === undefined) return value as Readonly<Record<string, unknown>>
  throw new ApoctlError(['APO-INPUT-VALUE', `--data: ${entity.category} have no attribute "${unknown}"`], {
    hints: [`They have ${Object.keys(entity.attributes).sort().join(', ')}.`],
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it does not parse'
    throw new ApoctlError(['APO-INPUT-VALUE', `--data is no JSON: ${why}`], { cause: error })
  }
}
