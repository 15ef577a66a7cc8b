import type { ConsoleWorld } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'

/** What `APOCTL_DEBUG` can be asked to show. */
const topics = ['api']

/** The world a client of a Console works in: it tells what the Console has to say, and with `APOCTL_DEBUG=api` every exchange. Throws APO-INPUT-VALUE. */
export function consoleWorld(
  context: Pick<CommandContext, 'clock' | 'environment' | 'reporter'>,
): ConsoleWorld {
  const { clock, environment, reporter } = context
  const said = new Set<string>()
  // A list of many pages may say the same with each of them.
  const hear = (text: string): void => {
    if (said.has(text)) return
    said.add(text)
    reporter.report({ type: 'warning', subject: 'Console', text })
  }
  const world = { clock, random: Math.random, hear }
  if (!wanted(environment.env['APOCTL_DEBUG'] ?? '').has('api')) return world
  return { ...world, trace: (text) => reporter.report({ type: 'trace', subject: 'api', text }) }
}

function wanted(text: string): ReadonlySet<string> {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const unknown = words.find((word) => !topics.includes(word))
  if (unknown === undefined) return new Set(words)
  throw new ApoctlError(['APO-INPUT-VALUE', `APOCTL_DEBUG cannot show ${JSON.stringify(unknown)}`], {
    hints: [`It can show: ${topics.join(', ')}.`],
  })
}
