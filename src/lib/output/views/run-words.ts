import type { RunHostState, RunSummary } from '../../fleet/journal/run-record.ts'
import type { Paint, Theme } from '../theme.ts'

/** `finished, exit 5`. */
export function runState({ state, exitCode }: RunSummary, theme: Theme): string {
  if (state === 'running') return theme.accent(state)
  if (state === 'interrupted') return theme.warn(state)
  return exitCode === 0 ? theme.good(state) : theme.bad(`${state}, exit ${exitCode ?? '?'}`)
}

/** `12 done, 1 failed`; what is none is not said. */
export function runCounts(counts: RunSummary['counts'], theme: Theme): string {
  return hostStates
    .filter((state) => counts[state] > 0)
    .map((state) => paintOf(state, theme)(`${counts[state]} ${state}`))
    .join(', ')
}

const hostStates: readonly RunHostState[] = ['done', 'unchanged', 'failed', 'begun', 'pending']

export function paintOf(state: RunHostState, theme: Theme): Paint {
  switch (state) {
    case 'done':
      return theme.good
    case 'unchanged':
    case 'pending':
      return theme.dim
    case 'failed':
      return theme.bad
    case 'begun':
      return theme.warn
  }
}
