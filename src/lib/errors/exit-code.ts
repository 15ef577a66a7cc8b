/** Every way a run of apoctl can end. The one table; `lib/cli/exit.ts` is the one place that sets it. */
export const exitCode = {
  /** Done; every check passed. */
  ok: 0,
  /** The answer is no: a check failed, an assertion is false, every target failed. */
  no: 1,
  /** Wrong usage or an invalid input file. */
  usage: 2,
  /** Not authenticated or not authorised. */
  denied: 3,
  /** Unreachable or timed out: could not tell. */
  unreachable: 4,
  /** Some targets succeeded and some failed. */
  partial: 5,
  /** A bug in apoctl. */
  bug: 70,
  /** Interrupted by Ctrl-C. */
  interrupted: 130,
  /** Asked to stop by SIGTERM. */
  terminated: 143,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
