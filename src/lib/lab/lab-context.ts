import type { Reporter } from '../progress/reporter.ts'
import type { LabMachine } from './machine/lab-machine.ts'

/** What the lab's actions lean on. */
export interface LabContext {
  readonly signal: AbortSignal
  readonly reporter: Reporter
  readonly machine: LabMachine
}
