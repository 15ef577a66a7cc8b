import { RE2JS } from 're2js'
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

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch {
    throw refuse(400, `Invalid filter: '${pattern}' is not a regular expression`)
  }
}
