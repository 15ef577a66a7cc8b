import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { CommandOptions, Transport } from '../../transports/transport.ts'
import { elevated } from './elevated.ts'
import { runScript } from './run-script.ts'

/** What an account can become without telling anybody a password. */
export type PrivilegeFound = 'root' | 'sudo' | 'doas' | 'sudo-with-password' | 'none'

export const becomeMethods = ['auto', 'sudo', 'doas', 'none'] as const

export interface BecomeOptions extends CommandOptions {
  /** `auto` takes what works; `none` stays who it is. */
  readonly method: (typeof becomeMethods)[number]
  readonly sudoPassword?: Secret | undefined
}

export interface Became {
  readonly transport: Transport
  /** False when the account is not root and found no way to become it. */
  readonly isRoot: boolean
}

const probe = `
if [ "$(id -u)" = 0 ]; then echo root
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then echo sudo
elif command -v doas >/dev/null 2>&1 && doas -n true >/dev/null 2>&1; then echo doas
elif command -v sudo >/dev/null 2>&1; then echo sudo-with-password
else echo none; fi`

/** Finds out who the account is and how it may become root. Asks for no password. */
export async function detectPrivilege(
  transport: Transport,
  options: CommandOptions = {},
): Promise<PrivilegeFound> {
  const { stdout, stderr } = await runScript(transport, { ...options, text: probe })
  // A login script may write before us; our answer is the last line.
  const answer = stdout.toString('utf8').trim().split('\n').at(-1)?.trim()
  const found = (['root', 'sudo', 'doas', 'sudo-with-password', 'none'] as const).find(
    (word) => word === answer,
  )
  if (found !== undefined) return found
  throw new ApoctlError(['APO-HOST-ANSWER', `${transport.target} did not say who the account is`], {
    hints: [`It printed: ${[stdout, stderr].join(' ').trim().slice(0, 300)}`],
  })
}

/**
 * The same machine as root, by the way that was asked for or that works. When a method was asked for
 * and does not work, every command rejects with APO-HOST-PRIVILEGE.
 */
export async function becomeRoot(transport: Transport, options: BecomeOptions): Promise<Became> {
  const { method, sudoPassword, ...limits } = options
  const found = await detectPrivilege(transport, limits)
  if (found === 'root') return { transport, isRoot: true }
  switch (method) {
    case 'none':
      return { transport, isRoot: false }
    case 'doas':
      return { transport: elevated(transport, { method }), isRoot: true }
    case 'sudo':
      return { transport: elevated(transport, { method, password: sudoPassword }), isRoot: true }
    case 'auto':
      return automatically(transport, { found, sudoPassword })
  }
}

function automatically(
  transport: Transport,
  how: { readonly found: Exclude<PrivilegeFound, 'root'>; readonly sudoPassword: Secret | undefined },
): Became {
  switch (how.found) {
    case 'sudo':
    case 'doas':
      return { transport: elevated(transport, { method: how.found }), isRoot: true }
    case 'sudo-with-password':
      if (how.sudoPassword === undefined) return { transport, isRoot: false }
      return { transport: elevated(transport, { method: 'sudo', password: how.sudoPassword }), isRoot: true }
    case 'none':
      return { transport, isRoot: false }
  }
}
