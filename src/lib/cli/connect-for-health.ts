import type { ConsoleClient } from '../api/console-client.ts'
import { connectForLogin, type LoginFlags } from './connect-for-login.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import { readCredential } from './read-credential.ts'

/** Opens a Console as nobody; a credential only says which one, and by what it is trusted. */
export async function connectForHealth(
  flags: LoginFlags & Pick<ConsoleFlags, 'creds'>,
  context: CommandContext,
): Promise<ConsoleClient> {
  const credential = await readCredential(flags, context)
  if (credential === undefined) return connectForLogin(flags, { context })
  return connectForLogin(flags, { context, login: { kind: 'app-credential', credential } })
}
