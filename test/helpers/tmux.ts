/** A real terminal, of a size that can be changed: tmux, with a server of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
let made = 0

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Terminal {
  /** What is on the screen now, without blank lines at the end. */
  screen(): Promise<string[]>
  /** The same, with what has left the screen at its top. */
  everything(): Promise<string[]>
  resize(size: Size): Promise<void>
  /** Waits until the screen is as wanted, and gives it; fails with what it shows. */
  until(isWanted: (screen: readonly string[]) => boolean): Promise<string[]>
  close(): Promise<void>
}

const patienceMs = 60_000

/** Runs a command line in a terminal; what it wrote stays when it has ended. */
export async function openTerminal(command: string, size: Size): Promise<Terminal> {
  made += 1
  const server = `apoctl-test-${process.pid}-${made}`
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run('tmux', ['-L', server, '-f', '/dev/null', ...args])).stdout
  const shape = ({ columns, rows }: Size): string[] => ['-x', String(columns), '-y', String(rows)]
  await tmux('new-session', '-d', ...shape(size), '-s', 't', `${command}; exec sleep 600`)
  const capture = async (...more: readonly string[]): Promise<string[]> => {
    const text = await tmux('capture-pane', '-p', '-t', 't', ...more)
    const lines = text.split('\n').map((line) => line.trimEnd())
    while (lines.at(-1) === '') lines.pop()
    return lines
  }
  const screen = (): Promise<string[]> => capture()
  return {
    screen,
    everything: () => capture('-S', '-'),
    resize: async (wanted) => {
      await tmux('resize-window', '-t', 't', ...shape(wanted))
    },
    async until(isWanted) {
      const deadline = performance.now() + patienceMs
      for (;;) {
        const shown = await screen()
        if (isWanted(shown)) return shown
        if (performance.now() > deadline) throw new Error(`the terminal shows:\n${shown.join('\n')}`)
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    },
    close: async () => {
      await tmux('kill-server').catch(() => undefined)
    },
  }
}
