import { parsed, problem, type Parsed } from '../parsed.ts'
import { tagProblem } from './tag.ts'

/** Outer list: any of them; inner list: all of them. The empty expression matches nothing. */
export type TagExpression = readonly (readonly string[])[]

/** Reads the JSON form, `[["a=b","c=d"],["e=f"]]`, and checks every tag. */
export function parseTagExpression(value: unknown): Parsed<TagExpression> {
  if (!Array.isArray(value)) return problem('a tag expression is a list of lists of tags')
  const clauses: string[][] = []
  for (const clause of value as unknown[]) {
    if (!Array.isArray(clause) || clause.length === 0)
      return problem('each part of a tag expression is a list of tags')
    for (const tag of clause as unknown[]) {
      if (typeof tag !== 'string') return problem(`${JSON.stringify(tag)} is not a tag`)
      const complaint = tagProblem(tag)
      if (complaint !== undefined) return problem(complaint)
    }
    clauses.push(clause as string[])
  }
  return parsed(clauses)
}

export function matchesTagExpression(expression: TagExpression, tags: ReadonlySet<string>): boolean {
  return expression.some((clause) => clause.length > 0 && clause.every((tag) => tags.has(tag)))
}
