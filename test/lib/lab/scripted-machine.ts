import type { LabContext } from '../../../src/lib/lab/lab-context.ts'
import type { LabMachine, ToolResult } from '../../../src/lib/lab/machine/lab-machine.ts'
import type { ProgressEvent } from '../../../src/lib/progress/progress-event.ts'

export interface Script {
  readonly platform?: string
  readonly userId?: number
  readonly tools: string[]
  /** Command line (or its beginning) → what it does. */
  readonly answers?: Readonly<Record<string, (() => Partial<ToolResult>) | Partial<ToolResult>>>
}

/** A machine that does only what it was told to: any other command is an error. */
export function scriptedContext(
  script: Script,
): LabContext & { readonly ran: string[]; readonly events: ProgressEvent[] } {
  const ran: string[] = []
  const events: ProgressEvent[] = []
  const machine: LabMachine = {
    platform: script.platform ?? 'linux',
    userId: script.userId ?? 0,
    has: (tool) => Promise.resolve(script.tools.includes(tool)),
    run: (argv) => {
      const line = argv.join(' ')
      ran.push(line)
      const [, answer] = Object.entries(script.answers ?? {}).find(([start]) => line.startsWith(start)) ?? []
      if (answer === undefined) return Promise.reject(new Error(`unscripted: ${line}`))
      const result = typeof answer === 'function' ? answer() : answer
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...result })
    },
    startDetached: (tool) => Promise.reject(new Error(`unscripted: ${tool.argv.join(' ')}`)),
  }
  const signal = new AbortController().signal
  return { signal, reporter: { report: (event) => void events.push(event) }, machine, ran, events }
}
