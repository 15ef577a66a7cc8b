import { parsed, problem, type Parsed } from '../../contract/parsed.ts'

/** A flag of ENFORCERD_OPTS, in the order given. A flag without a value has `value: undefined`. */
export interface EnforcerOption {
  readonly name: string
  readonly value: string | undefined
}

const word = /(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/y

/**
 * Splits flags as a shell would split words, without expanding anything:
 * `--tag 'color=dark blue' --log-level=debug` is two flags.
 */
export function splitOptions(text: string): Parsed<readonly EnforcerOption[]> {
  const words = splitWords(text)
  if (!words.ok) return words
  const options: EnforcerOption[] = []
  const rest = [...words.value]
  for (let text = rest.shift(); text !== undefined; text = rest.shift()) {
    const flag = /^--(?<name>[a-z][a-z0-9-]*)(?:=(?<value>[\s\S]*))?$/.exec(text)?.groups
    if (!flag) return problem(`'${text}' is no flag`)
    // `--name value` as well as `--name=value`; what starts with -- is the next flag and no value.
    const takesNext = flag['value'] === undefined && rest[0]?.startsWith('--') === false
    options.push({ name: flag['name'] ?? '', value: takesNext ? rest.shift() : flag['value'] })
  }
  return parsed(options)
}

function splitWords(text: string): Parsed<readonly string[]> {
  const words: string[] = []
  let at = text.search(/\S/)
  while (at >= 0 && at < text.length) {
    word.lastIndex = at
    const match = word.exec(text)
    if (!match) return problem('it has a quote that is not closed')
    words.push(unquote(match[0]))
    const gap = text.slice(word.lastIndex).search(/\S/)
    if (gap === 0) return problem('it has a quote that is not closed')
    at = gap < 0 ? -1 : word.lastIndex + gap
  }
  return parsed(words)
}

function unquote(text: string): string {
  return text.replace(/\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*'/g, (part) => {
    if (part.startsWith('\\')) return part.slice(1)
    return part.startsWith('"') ? part.slice(1, -1).replace(/\\(["\\])/g, '$1') : part.slice(1, -1)
  })
}
