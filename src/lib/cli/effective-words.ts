/** A flag or argument as the framework read it. */
export type RawToken =
  | { readonly type: 'flag'; readonly flag: string; readonly input: string }
  | { readonly type: 'arg'; readonly arg: string; readonly input: string }

type Definitions = Readonly<Record<string, { readonly type: string }>>

/** What says something of one run only, or is a secret and never written down. */
const leftOut = new Set([
  'resume',
  'retry-failed',
  'take-over-lock',
  'dry-run',
  'plan-out',
  'token',
  'log-file',
])

/** The flags of a run, wherever they came from, as words that give them once more. */
export function effectiveWords(raw: readonly RawToken[], definitions: Definitions): readonly string[] {
  return raw.flatMap((token) => {
    if (token.type === 'arg') return [token.input]
    const { flag, input } = token
    if (leftOut.has(flag)) return []
    if (definitions[flag]?.type !== 'boolean') return [`--${flag}=${input}`]
    return [input === `--no-${flag}` ? input : `--${flag}`]
  })
}
