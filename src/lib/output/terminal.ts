import type { Theme } from './theme.ts'

/** What decides how output looks; read once from the process by the context. */
export interface TerminalFacts {
  readonly isTty: boolean
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

const plain = (text: string): string => text
/** Wide enough that nothing of a report is wrapped or cut on its way into a file. */
const pipeWidth = 10_000

/** Honours NO_COLOR, FORCE_COLOR, TERM=dumb and CI as https://no-color.org and common practice say. */
export function wantsColour(facts: TerminalFacts): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = facts.env as Record<
    'NO_COLOR' | 'FORCE_COLOR' | 'TERM',
    string | undefined
  >
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return facts.isTty && TERM !== 'dumb'
}

/** A live line that redraws itself needs a real terminal and nobody recording it. */
export function wantsMotion(facts: TerminalFacts): boolean {
  // A terminal of no width (`script -c`) would be cleared line by line without end.
  const hasWidth = facts.columns !== 0
  return facts.isTty && hasWidth && facts.env['TERM'] !== 'dumb' && isUnset(facts.env['CI'])
}

function isUnset(value: string | undefined): boolean {
  return value === undefined || value === '' || value === 'false'
}

/** Builds the theme for one stream; chalk is loaded only when something will be coloured. */
export async function createTheme(facts: TerminalFacts): Promise<Theme> {
  const width = facts.isTty ? facts.columns || 80 : pipeWidth
  const rich = facts.isTty && facts.env['TERM'] !== 'dumb'
  if (!wantsColour(facts))
    return { width, rich, bold: plain, dim: plain, good: plain, bad: plain, warn: plain, accent: plain }
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return {
    width,
    rich,
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    accent: (text) => chalk.cyan(text),
  }
}
