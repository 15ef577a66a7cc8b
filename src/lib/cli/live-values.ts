import type { LiveValues, TypedWords } from './complete-line.ts'
import { connectConsole } from './connect-console.ts'
import type { CommandContext } from './context.ts'
import type { ConsoleFlags } from './flags/console-flags.ts'

/** Somebody waits with a finger on the key. */
const deadlineMs = 2_000

/** Asks the Console of the profile, the environment, or the line itself; silent when it does not answer in time. */
export function liveValues(
  words: TypedWords,
  world: { readonly flags: ConsoleFlags; readonly context: CommandContext },
): LiveValues {
  const ask = async (kind: string, withIds: boolean): Promise<readonly string[]> => {
    try {
      const flags = { ...world.flags, ...typedSettings(words) }
      const { client, namespace } = await connectConsole(flags, world.context)
      const { knownNames } = await import('../queries/known-names.ts')
      const signal = AbortSignal.any([world.context.signal, AbortSignal.timeout(deadlineMs)])
      const found = await knownNames({ kind, namespace, withIds }, { console: client, signal })
      return kind === 'namespaces' && !withIds ? [namespace, ...found] : found
    } catch {
      // Nobody asked for an error in the middle of a line.
      return []
    }
  }
  return { namespaces: () => ask('namespaces', false), objects: (kind) => ask(kind, true) }
}

const settings: Readonly<Record<string, 'namespace' | 'api' | 'creds'>> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  '-A': 'api',
  '--api': 'api',
  '--creds': 'creds',
}

/** What of the line says which Console and where; the word under the cursor is not yet finished. */
function typedSettings(words: TypedWords): Partial<ConsoleFlags> {
  const pairs = words.slice(0, -2).map((word, at) => [settings[word], words[at + 1]] as const)
  return Object.fromEntries(pairs.filter(([name]) => name !== undefined)) as Partial<ConsoleFlags>
}
