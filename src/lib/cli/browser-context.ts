import type { ConsoleClient } from '../api/console-client.ts'
import type { BrowserContext } from '../credentials/login/browser-login.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'
import { openBrowser } from './open-browser.ts'

interface BrowserFlags {
  readonly 'open-with'?: string | undefined
  readonly port: number
  readonly timeout?: number | undefined
  /** Absent where the answer never stands in an address. */
  readonly paste?: boolean | undefined
}

/** Five minutes: to find a phone and type what it says. */
const usualTimeoutMs = 300_000

/** What these flags say about the way that the browser comes back. */
export function browserOptions(flags: BrowserFlags) {
  return { port: flags.port, timeoutMs: flags.timeout ?? usualTimeoutMs, pasteOnly: flags.paste }
}

/**
 * What a login in a browser needs of this run. A person at a terminal may paste the address that the browser
 * ended at while it is waited for. Throws APO-INPUT-MISSING when pasting is the only way, and nobody is there.
 */
export function browserContext(
  login: { readonly flags: BrowserFlags; readonly console: ConsoleClient },
  context: CommandContext,
): BrowserContext {
  const { flags, console } = login
  checkPaste(flags, context)
  const { ask, signal, reporter, interactive } = context
  const text = flags.paste === true ? 'Paste the address that the browser ends at:' : waitingText
  const question = { text, flag: 'a terminal to paste into' }
  return {
    console,
    signal,
    show: openBrowser(flags, context),
    warn: (problem) => reporter.report({ type: 'warning', subject: 'login', text: problem }),
    ...(flags.paste !== undefined &&
      interactive && { askForAddress: (until: AbortSignal) => ask.pasted(question, until) }),
  }
}

const waitingText = 'Waiting. Or paste the address that the browser ended at:'

function checkPaste({ paste, port }: BrowserFlags, { interactive }: CommandContext): void {
  if (paste !== true) return
  if (!interactive)
    throw new ApoctlError(['APO-INPUT-MISSING', '--paste needs a terminal to paste into'], {
      hints: ['Leave it out, and let the browser come back: ssh -L 65332:localhost:65332'],
    })
  if (port === 0)
    throw new ApoctlError(['APO-INPUT-VALUE', '--port 0 means any free port, and with --paste there is none'])
}
