import { proxyFromEnvironment } from './proxy-from-environment.ts'
import type { ConsoleClient, ConsoleLogin } from '../api/console-client.ts'
import { unknownConsole } from './connect-console.ts'
import { trustIn, type TrustFlags } from './console-trust.ts'
import { consoleWorld } from './console-world.ts'
import type { CommandContext } from './context.ts'

/** Which Console to log in to. */
export interface LoginFlags extends TrustFlags {
  readonly api?: string | undefined
}

/**
 * Opens a Console in order to get a token from it: as nobody, or with a certificate. What it issues goes to
 * whoever asked and is not kept. Throws APO-INPUT-MISSING when nothing says which Console.
 */
export async function connectForLogin(
  flags: LoginFlags,
  with_: { readonly context: CommandContext; readonly login?: ConsoleLogin },
): Promise<ConsoleClient> {
  const { context, login = { kind: 'anonymous' } } = with_
  const api = flags.api ?? (login.kind === 'app-credential' ? login.credential.api : undefined)
  if (api === undefined) throw unknownConsole()
  const trust = await trustIn({ api, flags }, context)
  const { openConsole } = await import('../api/open-console.ts')
  const proxy = proxyFromEnvironment(api, context.environment.env)
  const client = openConsole({ api, namespace: '', login, trust, proxy }, consoleWorld(context))
  context.atEnd(() => client.close())
  return client
}
