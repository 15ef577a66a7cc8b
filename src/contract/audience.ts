import type { Operation } from './entity/definition.ts'
import { isWithinNamespace } from './namespace-name.ts'
import { parsed, problem, type Parsed } from './parsed.ts'

/** One `aud:operations:categories:namespaces`; `*` stands for all. */
export interface AudienceClause {
  readonly operations: readonly string[]
  readonly categories: readonly string[]
  readonly namespaces: readonly string[]
}

/** Who a request concerns: what it does, to which identity, where. */
export interface AudienceSubject {
  readonly operation: Operation
  /** Singular or plural name; clauses may use either. */
  readonly names: readonly string[]
  readonly namespace: string
}

const operations = new Set(['*', 'retrieve-many', 'retrieve', 'create', 'update', 'delete', 'patch', 'info'])

/** Reads the audience of a token: `aud:op,op:category,…:namespace,…`, several joined by `;`. */
export function parseAudience(text: string): Parsed<readonly AudienceClause[]> {
  const clauses: AudienceClause[] = []
  for (const part of text.split(';')) {
    const [prefix, ...lists] = part.split(':')
    const [ops, categories, namespaces] = lists.map((list) => list.split(','))
    const complete =
      ops !== undefined && categories !== undefined && namespaces !== undefined && lists.length === 3
    if (prefix !== 'aud' || !complete) {
      return problem(`'${part}' is not aud:<operations>:<categories>:<namespaces>`)
    }
    const unknown = ops.find((operation) => !operations.has(operation))
    if (unknown !== undefined) return problem(`'${unknown}' is not an operation`)
    if ([...categories, ...namespaces].includes('')) return problem(`'${part}' has an empty part`)
    clauses.push({ operations: ops, categories, namespaces })
  }
  return parsed(clauses)
}

/** True when some clause covers the request. A namespace covers what lies below it. */
export function audienceCovers(clauses: readonly AudienceClause[], subject: AudienceSubject): boolean {
  return clauses.some(
    (clause) =>
      covers(clause.operations, [subject.operation]) &&
      covers(clause.categories, subject.names) &&
      clause.namespaces.some((name) => name === '*' || isWithinNamespace(subject.namespace, name)),
  )
}

/** True when everything `inner` covers is covered by `outer`: a token may only get narrower. */
export function audienceWithin(inner: readonly AudienceClause[], outer: readonly AudienceClause[]): boolean {
  return inner.every((clause) =>
    outer.some(
      (wider) =>
        contains(wider.operations, clause.operations) &&
        contains(wider.categories, clause.categories) &&
        clause.namespaces.every((name) =>
          wider.namespaces.some((top) => top === '*' || (name !== '*' && isWithinNamespace(name, top))),
        ),
    ),
  )
}

function covers(list: readonly string[], names: readonly string[]): boolean {
  return list.includes('*') || names.some((name) => list.includes(name))
}

function contains(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.includes('*') || inner.every((name) => outer.includes(name))
}
