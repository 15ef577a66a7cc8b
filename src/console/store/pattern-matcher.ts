import { RE2JS } from 're2js'
import { valuesOf, type Filter } from '../../contract/filter/filter.ts'
import { refuse } from '../refused-request.ts'

/**
 * Finds patterns of clients in text, in time linear in the text: a pattern of a client must not be able to
 * stop the Console, so the engine of the language, which backtracks, is out of the question.
 */
export function createPatternMatcher(): (pattern: string, text: string) => boolean {
  const compiled = new Map<string, RE2JS>()
  return (pattern, text) => {
    const expression = compiled.get(pattern) ?? compile(pattern)
    compiled.set(pattern, expression)
    return expression.matcher(text).find()
  }
}

/** Refuses a filter with a pattern that is none, whether or not there is anything to match it against. */
export function checkPatterns(filter: Filter): void {
  if ('parts' in filter) filter.parts.forEach(checkPatterns)
  else if (filter.kind === 'comparison' && filter.operator === 'matches') {
    for (const pattern of valuesOf(filter.value)) if (typeof pattern === 'string') compile(pattern)
  }
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch {
    throw refuse(400, `Invalid filter: '${pattern}' is not a regular expression`)
  }
}
