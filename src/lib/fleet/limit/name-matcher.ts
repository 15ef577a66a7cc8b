import { ApoctlError } from '../../errors/apoctl-error.ts'

/**
 * A test for names: `~` begins a regular expression, which the beginning of a name must match; anything else
 * is a pattern with `*`, `?`, `[abc]` and `[!abc]` for the whole of it. Throws APO-INPUT-VALUE.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  if (!pattern.startsWith('~')) {
    const whole = globExpression(pattern)
    return (name) => whole.test(name)
  }
  const beginning = regularExpression(pattern.slice(1))
  return (name) => beginning.test(name)
}

/** Python writes named groups and leading flags differently. */
function regularExpression(source: string): RegExp {
  const [, flags = '', rest = source] = /^\(\?([imsx]+)\)(.*)$/s.exec(source) ?? []
  const named = rest.replaceAll('(?P<', '(?<').replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
  try {
    return new RegExp(`^(?:${named})`, flags.replace('x', ''))
  } catch (cause) {
    throw new ApoctlError(['APO-INPUT-VALUE', `--limit: "~${source}" is not a regular expression`], { cause })
  }
}

const special = /[.*+?^${}()|[\]\\/-]/g
/** A run of stars, a mark, a set that is closed, or any other character. */
const token = /\*+|\?|\[(!?)(\]?[^\]]+|\])\]|[^]/g

function globExpression(pattern: string): RegExp {
  const source = [...pattern.matchAll(token)].map(tokenSource).join('')
  try {
    return new RegExp(`^${source}$`, 's')
  } catch (cause) {
    throw new ApoctlError(['APO-INPUT-VALUE', `--limit: "${pattern}" is not a pattern`], { cause })
  }
}

function tokenSource([part, negation, set]: RegExpExecArray): string {
  if (part.startsWith('*')) return '.*'
  if (part === '?') return '.'
  if (set === undefined) return part.replace(special, '\\$&')
  return `[${negation === '!' ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`
}
