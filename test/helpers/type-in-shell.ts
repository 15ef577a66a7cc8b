import { spawn } from 'node:child_process'
import { cleanEnvironment, scratchFolder } from './run-apoctl.ts'

/** How a shell is started, and what makes Ctrl-X print the line as it stands, between two marks. */
interface Interactive {
  readonly command: string
  readonly setup: readonly string[]
}

const shells = {
  bash: {
    command: 'bash --norc --noprofile -i',
    setup: [
      String.raw`show() { printf '\nLINE<%s>\n' "$READLINE_LINE"; }`,
      String.raw`bind -x '"\C-x": show'`,
      `bind 'set bell-style none'`,
      'source <(apoctl autocomplete bash)',
    ],
  },
  zsh: {
    command: 'zsh -f -i',
    setup: [
      'autoload -Uz compinit; compinit -u -D',
      String.raw`show() { printf '\nLINE<%s>\n' "$BUFFER" >/dev/tty }; zle -N show; bindkey '^X' show`,
      'unsetopt beep automenu',
      'source <(apoctl autocomplete zsh)',
    ],
  },
  fish: {
    command: 'fish --no-config -i',
    setup: [
      String.raw`function show; printf '\nLINE<%s>\n' (commandline) >/dev/tty; end; bind \cx show`,
      'apoctl autocomplete fish | source',
    ],
  },
} as const satisfies Record<string, Interactive>

export type TypedShell = keyof typeof shells

const patienceMs = 30_000

/**
 * Types a line in a real interactive shell on a terminal of its own, presses Tab, and gives the line as it is
 * then. `apoctl` is on the PATH of `env`.
 */
export async function completedIn(
  shell: TypedShell,
  typed: { readonly line: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { command, setup } = shells[shell]
  const child = spawn('script', ['-qec', `stty cols 200 rows 50; exec ${command}`, '/dev/null'], {
    cwd: scratchFolder(),
    env: { ...cleanEnvironment({ TERM: 'xterm-256color', ...typed.env }), SHELL: '/bin/sh' },
  })
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()))
  child.stdin.on('error', () => undefined)
  const seen = async (what: RegExp): Promise<string> => {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const found = what.exec(screen)?.[1]
      if (found !== undefined) return found
      if (Date.now() > deadline) throw new Error(`${shell} did not show ${String(what)}:\n${screen}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  try {
    // Joined on the screen only when it was run, not when it was typed.
    child.stdin.write(`${setup.join('; ')}; printf 'rea%s\\n' 'dy to type'\r`)
    await seen(/(ready to type)/)
    child.stdin.write(`${typed.line}\t\u0018`)
    return (await seen(/LINE<(.*?)>\r?\n/)).trimEnd()
  } finally {
    child.kill('SIGKILL')
    child.stdin.destroy()
  }
}
