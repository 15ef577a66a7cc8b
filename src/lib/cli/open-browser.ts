import { spawn } from 'node:child_process'
import type { CommandContext } from './context.ts'

interface OpeningFlags {
  readonly 'open-with'?: string | undefined
  readonly paste?: boolean | undefined
}

/** Says an address, and opens a browser on it where there is one, or the program that is asked for. */
export function openBrowser(
  flags: OpeningFlags,
  { environment, reporter }: Pick<CommandContext, 'environment' | 'reporter'>,
): (address: string) => void {
  const opener =
    flags.paste === true
      ? undefined
      : openerOf(flags['open-with'], { platform: process.platform, env: environment.env })
  return (address) => {
    reporter.report({ type: 'note', subject: 'login', text: `log in at ${address}` })
    if (opener === undefined) return
    const [program = '', ...words] = opener
    const child = spawn(program, [...words, address], { stdio: 'ignore', detached: true })
    child.on('error', () => {
      reporter.report({ type: 'warning', subject: 'login', text: `${program} cannot be started` })
    })
    child.unref()
  }
}

/**
 * The words that an address is put behind to open it. People know applications of macOS by name; nothing of
 * this goes through a shell, which would read the & in an address.
 */
export function openerOf(
  openWith: string | undefined,
  {
    platform,
    env,
  }: {
    readonly platform: NodeJS.Platform
    readonly env: Readonly<Record<string, string | undefined>>
  },
): readonly string[] | undefined {
  const isName = openWith !== undefined && !openWith.includes('/')
  if (platform === 'darwin' && isName) return ['open', '-a', openWith]
  if (openWith !== undefined) return [openWith]
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined
}
