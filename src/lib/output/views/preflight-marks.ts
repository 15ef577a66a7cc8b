import type { CheckResult, HostVerdict } from '../../preflight/judge-host.ts'
import type { Theme } from '../theme.ts'

/** √ ‼ × on a terminal, where colour and shape say it twice; words on a pipe, where `grep` reads. */
export function resultMark(result: Pick<CheckResult, 'outcome' | 'effect'>, theme: Theme): string {
  switch (result.effect) {
    case 'blocks':
      return theme.rich ? theme.bad('×') : 'fail'
    case 'undecided':
      return theme.rich ? theme.warn('?') : 'unknown'
    case 'warns':
      return theme.rich ? theme.warn('‼') : 'warn'
    case 'none':
      return harmlessMark(result.outcome, theme)
    default:
      return result.effect satisfies never
  }
}

function harmlessMark(outcome: CheckResult['outcome'], theme: Theme): string {
  switch (outcome) {
    case 'pass':
      return theme.rich ? theme.good('√') : 'pass'
    case 'skipped':
      return theme.rich ? theme.dim('-') : 'skipped'
    case 'unknown':
      return theme.rich ? theme.dim('?') : 'unknown'
    case 'fail':
      return theme.rich ? theme.dim('i') : 'info'
    default:
      return outcome satisfies never
  }
}

export function hostMark(verdict: HostVerdict, theme: Theme): string {
  if (!theme.rich) return verdict
  const marks = {
    pass: theme.good('√'),
    warn: theme.warn('‼'),
    fail: theme.bad('×'),
    unknown: theme.warn('?'),
    unreachable: theme.bad('×'),
  } as const satisfies Record<HostVerdict, string>
  return marks[verdict]
}
