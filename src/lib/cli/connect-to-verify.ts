import type { ConsoleClient } from '../api/console-client.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'
import { secretInput } from './secret-input.ts'
import type { SettingOrigin } from './settings.ts'

/** Opens the Console as everywhere, takes the token from standard input for `-`, and says who decided what. */
export async function connectToVerify(
  asked: { readonly flags: ConsoleFlags; readonly origins: readonly SettingOrigin[] },
  context: CommandContext,
): Promise<ConsoleClient> {
  const { flags, origins } = asked
  const question = { text: 'Token', flag: '--token' }
  const token = flags.token === undefined ? undefined : await secretInput(flags.token, { question, context })
  const { client, namespace, keyPlace } = await connectConsole({ ...flags, token: token?.reveal() }, context)
  const note = (text: string): void => context.reporter.report({ type: 'debug', subject: 'settings', text })
  for (const origin of origins) note(sentenceOf(origin))
  const isSet = (name: string): boolean => origins.some((origin) => origin.name === name)
  if (!isSet('api')) note(`api: ${client.api}, from the app credential`)
  if (!isSet('namespace')) note(`namespace: ${namespace}, from the app credential`)
  if (keyPlace !== undefined) note(`key: from ${keyPlace}`)
  if (!isSet('token')) note('token: issued for the app credential')
  else if (isSet('creds')) note('creds: not used, because there is a token')
  return client
}

function sentenceOf({ name, from, overrides }: SettingOrigin): string {
  const rest = overrides.length === 0 ? '' : `, which overrides ${overrides.join(' and ')}`
  return `${name}: from ${from}${rest}`
}
