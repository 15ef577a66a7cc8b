import { configError } from './config-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Expansion {
  /** What stands for `%h` and its like, by the letter. */
  readonly tokens: Readonly<Record<string, string>>
  /** Present where `${NAME}` is expanded as well. */
  readonly environment?: Environment
  /** Where the text stands, for error messages. */
  readonly place: string
}

/** Replaces `%h` and its like, and `${NAME}`. Whatever has no value is an error, as it is for ssh. */
export function expand(text: string, how: Expansion): string {
  const problem = how.environment === undefined ? undefined : environmentProblem(text, how.environment)
  if (problem !== undefined) throw configError(how.place, problem)
  const pattern = how.environment === undefined ? /%(.?)()/gs : /%(.?)|\$\{([^}]*)\}/gs
  return text.replace(pattern, (...match: readonly unknown[]) => {
    const [whole, token, name] = match as readonly [string, string | undefined, string | undefined]
    if (!whole.startsWith('%')) return how.environment?.[name ?? ''] ?? ''
    const value = token === '%' ? '%' : how.tokens[token ?? '']
    if (value === undefined) throw configError(how.place, `${whole} stands for nothing here`)
    return value
  })
}

/** What is wrong with the variables of a text. */
export function environmentProblem(text: string, environment: Environment): string | undefined {
  for (const [whole, name, close] of text.matchAll(/\$\{([^}]*)(\}?)/g)) {
    if (close === '') return `${whole} has no closing brace`
    if (name === '') return 'it names a variable without a name: ${}'
    if (environment[name ?? ''] === undefined) return `the variable ${name ?? ''} is not set`
  }
  return undefined
}

/** `~` and `~/…` are the home directory; homes of others are not looked up. */
export function expandTilde(path: string, where: { readonly home: string; readonly place: string }): string {
  if (!path.startsWith('~')) return path
  const [, rest] = /^~(?:\/+(.*))?$/s.exec(path) ?? []
  if (path !== '~' && !path.startsWith('~/'))
    throw configError(where.place, `"${path}" is in the home of somebody else; write the whole path`)
  return `${where.home.replace(/\/$/, '')}/${rest ?? ''}`
}
