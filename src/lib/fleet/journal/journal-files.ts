/** What is in the folder of a run. */
export const journalFiles = {
  /** A RunPlan; written before the first host is touched. */
  plan: 'plan.json',
  /** A JournalLine a line, each there before the run goes on. */
  log: 'log.jsonl',
  /** A RunEnd; absent as long as the run goes on, and when it was cut off. */
  end: 'result.json',
} as const
