import type { MatchCriterion } from './match-criteria.ts'
import type { UsedKeyword } from './keywords.ts'

/** What one line of an ssh_config says. Lines that change nothing for us are left out. */
export type Statement = { /** `file:line`. */ readonly place: string } & (
  | { readonly type: 'host'; readonly patterns: readonly string[] }
  | { readonly type: 'match'; readonly criteria: readonly MatchCriterion[] }
  | { readonly type: 'include'; readonly paths: readonly string[] }
  | { readonly type: 'setting'; readonly keyword: UsedKeyword; readonly words: readonly string[] }
  /** No keyword of ssh; allowed where IgnoreUnknown says so, which depends on the host. */
  | { readonly type: 'unknown'; readonly keyword: string }
  /** A line that ssh would refuse, whatever the host. */
  | { readonly type: 'wrong'; readonly problem: string }
)
