import type { AppCredentialContext } from '../credentials/app-credentials/app-credential-context.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'

/** Opens the Console for work on app credentials, which are always in a namespace. Throws APO-INPUT-MISSING. */
export async function connectAppCredentials(
  flags: ConsoleFlags,
  context: CommandContext,
): Promise<AppCredentialContext> {
  const { client, namespace } = await connectConsole(flags, context)
  if (namespace === '')
    throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says in which namespace the app credentials are'], {
      hints: ['Give --namespace /path.'],
    })
  return { console: client, namespace, signal: context.signal }
}
