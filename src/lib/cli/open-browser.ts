import { spawn } from 'node:child_process'
import type { CommandContext } from './context.ts'

/** Says an address, and opens a browser on it where there is one, or the program that is asked for. */
export function openBrowser(
  openWith: string | undefined,
  { environment, reporter }: CommandContext,
): (address: string) => void {
  const program = openWith ?? usualOpener(environment.env)
  return (address) => {
    reporter.report({ type: 'note', subject: 'login', text: `log in at ${address}` })
    if (program === undefined) return
    const child = spawn(program, [address], { stdio: 'ignore', detached: true })
    child.on('error', () => {
      reporter.report({ type: 'warning', subject: 'login', text: `${program} cannot be started` })
    })
    child.unref()
  }
}

function usualOpener(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.platform === 'darwin') return 'open'
  if (process.platform === 'win32') return 'explorer'
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? 'xdg-open' : undefined
}
