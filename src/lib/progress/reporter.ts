import type { ProgressEvent } from './progress-event.ts'

/** Hears what happens while the library works; it never answers and never throws. */
export interface Reporter {
  report(event: ProgressEvent): void
}
