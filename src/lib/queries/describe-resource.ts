import type { AttributeDefinition, EntityDefinition, Operation } from '../../contract/entity/definition.ts'
import { entities } from '../../contract/entities/registry.ts'
import { attributeForm } from './attribute-form.ts'
import { resourceNamed } from './resource.ts'

/** All that is known of one kind of object, without asking anybody. */
export interface ResourceDescription {
  readonly resource: string
  readonly singular: string
  readonly aliases: readonly string[]
  readonly description: string
  readonly operations: readonly ResourceOperation[]
  /** Kinds of objects that are found below one of these. */
  readonly children: readonly string[]
  readonly attributes: readonly AttributeDescription[]
}

export interface ResourceOperation {
  /** In the words of the API: `retrieve-many`, `create`, … */
  readonly operation: Operation
  /** Where: `/enforcers`, `/enforcers/:id`. */
  readonly path: string
  /** Query parameters beyond those that every list has. */
  readonly parameters: readonly string[]
}

export interface AttributeDescription {
  readonly name: string
  readonly description: string
  readonly form: string
  /** What it is when nobody says anything, as JSON; undefined when that is nothing. */
  readonly default?: string
  /** `required`, `read-only`, `only when created`, `filterable`, `orderable`, `deprecated`. */
  readonly properties: readonly string[]
}

/** Describes a kind of object. Throws APO-INPUT-VALUE when there is none of that name. */
export function describeResource(resource: string): ResourceDescription {
  const entity = resourceNamed(resource)
  return {
    resource: entity.category,
    singular: entity.name,
    aliases: entity.aliases,
    description: entity.description,
    operations: operationsOf(entity),
    children: childrenOf(entity),
    attributes: Object.entries(entity.attributes)
      .map(([name, attribute]) => describeAttribute(name, attribute))
      .sort((a, b) => a.name.localeCompare(b.name)),
  }
}

function operationsOf(entity: EntityDefinition): ResourceOperation[] {
  return entity.routes.flatMap(({ parent, on, operations, parameters }) => {
    const below = parent === undefined ? '' : `/${parent}/:id`
    const path = `${below}/${entity.category}${on === 'object' ? '/:id' : ''}`
    return operations.map((operation) => ({ operation, path, parameters: Object.keys(parameters ?? {}) }))
  })
}

function childrenOf(entity: EntityDefinition): string[] {
  return entities.all
    .filter(({ routes }) => routes.some(({ parent }) => parent === entity.category))
    .map(({ category }) => category)
    .sort()
}

function describeAttribute(name: string, attribute: AttributeDefinition): AttributeDescription {
  const properties = [
    attribute.required === true ? 'required' : '',
    attribute.readOnly === true ? 'read-only' : '',
    attribute.creationOnly === true ? 'only when created' : '',
    attribute.filterable === true ? 'filterable' : '',
    attribute.orderable === true ? 'orderable' : '',
    attribute.deprecated === true ? 'deprecated' : '',
  ].filter((property) => property !== '')
  const { description } = attribute
  const preset = 'default' in attribute ? { default: JSON.stringify(attribute.default) } : {}
  return { name, description, form: attributeForm(attribute), ...preset, properties }
}
