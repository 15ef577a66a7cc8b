import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2'
import type { Secret } from '../../secrets/secret.ts'
import type { HostSettings } from './host-settings.ts'
import { asAgent, type Identities } from './identities.ts'
import type { LoginContext } from './login-context.ts'
import type { LoginMethod } from './login-settings.ts'
import type { Ssh2 } from './load-ssh2.ts'

export interface Login {
  /** Answers the library's question what to try next. */
  next(allowed: readonly AuthenticationType[] | null, answer: (method: AnyAuthMethod | false) => void): void
  /** What was tried, for the error message. */
  readonly tried: readonly string[]
}

interface LoginWorld {
  readonly ssh2: Ssh2
  readonly context: LoginContext
  readonly identities: Identities
  /** Has the next request carry a signature as it is. */
  readonly sendWhole: (signature: Buffer) => void
}

/**
 * Tries to log in the way OpenSSH does: nothing (to learn what is allowed), then what the settings allow,
 * in their order. A password is sent at most once: a second wrong one may lock the account.
 */
export function createLogin(settings: HostSettings, world: LoginWorld): Login {
  const { user } = settings
  const tried: string[] = []
  let password: Promise<Secret | undefined> | undefined
  let sent = false
  const askOnce = (): Promise<Secret | undefined> => {
    password ??= world.context.whilePersonAnswers(
      world.context.credentials.password({ user, host: settings.alias }),
    )
    return password
  }
  const attempts: Record<LoginMethod | 'none', () => Promise<AnyAuthMethod | undefined>> = {
    none: () => Promise.resolve({ type: 'none', username: user }),
    publickey: () => Promise.resolve(keys(user, world)),
    'keyboard-interactive': async () => {
      const answer = await askOnce()
      return answer && keyboard(user, { password: answer, onSent: () => (sent = true) })
    },
    password: async () => {
      const answer = sent ? undefined : await askOnce()
      return answer && { type: 'password', username: user, password: answer.reveal() }
    },
  }
  const order: (LoginMethod | 'none')[] = ['none', ...settings.login.methods]
  const next = async (allowed: readonly string[] | null): Promise<AnyAuthMethod | false> => {
    for (let name = order.shift(); name !== undefined; name = order.shift()) {
      if (!worthTrying(name, allowed)) continue
      const method = await attempts[name]()
      if (method === undefined) continue
      if (name !== 'none') tried.push(name)
      return method
    }
    return false
  }
  return { tried, next: (allowed, answer) => void next(allowed).then(answer, () => answer(false)) }
}

/**
 * After keys the list may be stale: the library does not hear of a partial success there, so when the
 * server wanted keys alone at first, a password may be what it wants now.
 */
function worthTrying(name: string, allowed: readonly string[] | null): boolean {
  if (name === 'none' || allowed === null || allowed.includes(name)) return true
  return name !== 'publickey' && allowed.length === 1 && allowed[0] === 'publickey'
}

function keys(user: string, world: LoginWorld): AnyAuthMethod | undefined {
  const { list } = world.identities
  return list.length === 0 ? undefined : { type: 'agent', username: user, agent: asAgent(list, world) }
}

function keyboard(
  user: string,
  how: { readonly password: Secret; readonly onSent: () => void },
): KeyboardInteractiveAuthMethod {
  let sent = false
  return {
    type: 'keyboard-interactive',
    username: user,
    prompt(...args: unknown[]) {
      const prompts = args[3] as readonly { readonly prompt: string; readonly echo?: boolean }[]
      const answer = args[4] as (answers: string[]) => void
      const [only] = prompts
      const isPassword = prompts.length === 1 && only?.echo !== true && /passw/i.test(only?.prompt ?? '')
      if (!isPassword || sent) {
        answer(prompts.map(() => ''))
        return
      }
      sent = true
      how.onSent()
      answer([how.password.reveal()])
    },
  }
}
