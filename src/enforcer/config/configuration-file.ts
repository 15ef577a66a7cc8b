import { ApoctlError } from '../../lib/errors/apoctl-error.ts'

/** One assignment of prisma-enforcer.conf and the line it stands on. */
export interface Assignment {
  readonly value: string
  readonly line: number
}

/** KEY=VALUE lines by key; of repeated keys the last counts, as with systemd's EnvironmentFile. */
export type Assignments = ReadonlyMap<string, Assignment>

const assignment = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/

/**
 * Parses prisma-enforcer.conf: KEY=VALUE, `#` comments, values bare or in single or double quotes.
 * No expansion of any kind. Throws APO-ENFORCER-CONFIG with file and line, never with the value.
 */
export function parseConfiguration(text: string, file: string): Assignments {
  const assignments = new Map<string, Assignment>()
  text.split('\n').forEach((raw, index) => {
    const line = index + 1
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) return
    const [, key, value] = assignment.exec(content) ?? []
    if (key === undefined || value === undefined)
      throw new ApoctlError(['APO-ENFORCER-CONFIG', `${file}:${line} is no KEY=VALUE line`])
    assignments.set(key, { value: unquote(value.trim(), `${file}:${line}`), line })
  })
  return assignments
}

function unquote(value: string, place: string): string {
  const quote = value[0]
  if (quote !== '"' && quote !== "'") return value
  if (value.length < 2 || !value.endsWith(quote))
    throw new ApoctlError(['APO-ENFORCER-CONFIG', `${place} has a quote that is not closed`])
  const inner = value.slice(1, -1)
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner
}

/** The same text without the lines that set `keys`; everything else stays byte for byte. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => !keys.includes(assignment.exec(line)?.[1] ?? ''))
    .join('\n')
}
