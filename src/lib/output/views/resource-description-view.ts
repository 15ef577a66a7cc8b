import { exitCode } from '../../errors/exit-code.ts'
import type { AttributeDescription, ResourceDescription } from '../../queries/describe-resource.ts'
import type { Presentation } from '../presentation.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const resourceDescriptionPresentation: Presentation<ResourceDescription> = {
  kind: 'ResourceDescription',
  exitCode: () => exitCode.ok,
  views: { table: fullView },
}

/** The same, on a terminal without what each attribute is for. */
export const resourceSummaryPresentation = {
  ...resourceDescriptionPresentation,
  views: { table: shortView },
}

function shortView(resource: ResourceDescription, theme: Theme): string {
  const rows = resource.attributes.map(({ name, form, properties }) => [name, form, properties.join(', ')])
  const table = renderTable({ columns: ['ATTRIBUTE', 'TAKES', ''], rows }, theme)
  return [...headOf(resource, theme), '', table].join('\n')
}

function fullView(resource: ResourceDescription, theme: Theme): string {
  return [
    ...headOf(resource, theme),
    ...resource.attributes.flatMap((attribute) => ['', ...paragraphOf(attribute, theme)]),
  ].join('\n')
}

function headOf(resource: ResourceDescription, theme: Theme): string[] {
  const { singular, aliases, description, operations, children } = resource
  const names = [resource.resource, ...aliases].join(', ')
  const places = [...new Set(operations.map(({ path }) => path))]
  return [
    `${theme.bold(singular)} (${names})`,
    description,
    '',
    ...(places.length === 0 ? ['Lives inside other objects only.'] : [theme.bold('OPERATIONS')]),
    ...places.map((place) => `  ${place}  ${operationsAt(resource, place)}`),
    ...(children.length === 0 ? [] : ['', `${theme.bold('CHILDREN')}  ${children.join(', ')}`]),
  ]
}

function operationsAt({ operations }: ResourceDescription, place: string): string {
  return operations
    .filter(({ path }) => path === place)
    .map(({ operation }) => operation)
    .join(', ')
}

function paragraphOf(attribute: AttributeDescription, theme: Theme): string[] {
  const { name, description, form, properties } = attribute
  const preset = attribute.default === undefined ? [] : [`default ${attribute.default}`]
  const facts = [form, ...preset, ...properties].join(theme.dim(' · '))
  return [theme.bold(name), `  ${description}`, `  ${facts}`]
}
