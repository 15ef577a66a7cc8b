import { randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { converse, type Conversation } from '../../platforms/linux/converse.ts'
import type { Transport } from '../../transports/transport.ts'
import { cannotStart } from './open-relay-folder.ts'
import { relayMark, relaySilenceMs, type RelayAnswer, type RelayOrder } from './relay-message.ts'

/** What gives out the files of a folder of a jump host. */
export interface RelayServer {
  /** Where a host that the jump host knows by this name finds them, without a slash at the end. */
  addressFor(towards: string): Promise<string>
  /** Resolves when it is over. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** $1 Node, $2 the program, $3 the folder. */
const runProgram = `exec "$1" "$2" "$3"`

interface Heard {
  readonly resolve: (answer: string) => void
  readonly reject: (error: Error) => void
}

/** Starts the program that was put on a jump host. Rejects with APO-RELAY-START and APO-SSH-*. */
export async function startRelayServer(
  what: { readonly args: readonly string[]; readonly port: number },
  context: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<RelayServer> {
  const { transport, signal } = context
  const waiting = new Map<number, Heard>()
  let next = 0
  const ask = (say: (id: number) => unknown): Promise<string> =>
    new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve, reject })
      program.say(JSON.stringify(say(id)))
    })
  const onLine = (line: string): void => hear(line, { waiting, target: transport.target })
  const program = converse(transport, { text: runProgram, args: what.args, signal, onLine })
  const alive = setInterval(() => program.say(''), relaySilenceMs / 4)
  const ended = endOf(program, { waiting, target: transport.target }).finally(() => clearInterval(alive))
  const order: RelayOrder = { token: randomBytes(16).toString('hex'), port: what.port }
  // The first answer is the port.
  const port = await ask(() => order)
  return {
    addressFor: async (towards) => {
      const address = await ask((id) => ({ id, towards }))
      return `http://${isIPv6(address) ? `[${address}]` : address}:${port}/${order.token}`
    },
    ended,
    close: () => program.close(),
  }
}

interface Listening {
  readonly waiting: Map<number, Heard>
  readonly target: string
}

function hear(line: string, { waiting, target }: Listening): void {
  const answer = parseAnswer(line)
  if (answer === undefined) return
  const id = 'id' in answer ? (answer.id ?? 0) : 0
  const heard = waiting.get(id)
  waiting.delete(id)
  if ('problem' in answer) heard?.reject(cannotStart(target, answer.problem))
  else heard?.resolve('port' in answer ? String(answer.port) : answer.address)
}

/** What the login of the machine prints is not for us, and neither is what makes no sense. */
function parseAnswer(line: string): RelayAnswer | undefined {
  if (!line.startsWith(relayMark)) return undefined
  try {
    const answer = JSON.parse(line.slice(relayMark.length)) as RelayAnswer
    return isAnswer(answer) ? answer : undefined
  } catch {
    return undefined
  }
}

function isAnswer(answer: RelayAnswer): boolean {
  if ('problem' in answer) return typeof answer.problem === 'string'
  if ('port' in answer) return Number.isInteger(answer.port)
  return typeof answer.address === 'string' && /^[0-9a-f.:]+$/i.test(answer.address)
}

/** Nobody waits for a program that is over. */
async function endOf(program: Conversation, { waiting, target }: Listening): Promise<void> {
  const error = await program.ended.then(
    ({ stderr }) => cannotStart(target, stderr.toString('utf8')),
    (failure: unknown) =>
      failure instanceof Error ? failure : new ApoctlError(['APO-RELAY-START', `${target} was lost`]),
  )
  for (const { reject } of waiting.values()) reject(error)
  waiting.clear()
}
