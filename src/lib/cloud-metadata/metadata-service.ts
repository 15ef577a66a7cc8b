import { Agent, request, type IncomingMessage } from 'node:http'
import { withDeadline } from '../async/deadline.ts'
import { readBounded } from '../async/read-bounded.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'

/** A metadata service: what clouds offer to the machines that run in them, and to nobody else. */
export interface MetadataPlace {
  /** As people know it: `AWS`. */
  readonly cloud: string
  /** Where it is: http://host[:port], without a path. */
  readonly origin: string
  readonly signal: AbortSignal
}

/** The address that all three clouds use. */
export const linkLocalOrigin = 'http://169.254.169.254'

export interface MetadataRequest {
  readonly method?: 'GET' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface MetadataAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** The service is on the same machine or next to it: who does not answer at once is not there. */
const answerWithinMs = 2000
const mostBytes = 64 * 1024

/**
 * Asks a metadata service. Its own agent, which knows no proxy: a proxy would answer with the identity of
 * the machine that the proxy runs on. Throws APO-CLOUD-METADATA when nobody answers in time.
 */
export async function askMetadata(ask: MetadataRequest, place: MetadataPlace): Promise<MetadataAnswer> {
  try {
    return await withDeadline({ timeoutMs: answerWithinMs, signal: place.signal }, (signal) =>
      exchange(ask, { ...place, signal }),
    )
  } catch (error) {
    place.signal.throwIfAborted()
    const text = `no metadata service of ${place.cloud} answers at ${place.origin}`
    throw new ApoctlError(['APO-CLOUD-METADATA', text], { cause: error })
  }
}

function exchange(ask: MetadataRequest, place: MetadataPlace): Promise<MetadataAnswer> {
  const { method = 'GET', headers = {} } = ask
  const agent = new Agent({ keepAlive: false })
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers }, agent, signal: place.signal }
    const sent = request(new URL(ask.path, place.origin), options, (answer) => {
      readText(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

async function readText(answer: IncomingMessage): Promise<string> {
  return (await readBounded(answer, mostBytes)).toString('utf8')
}

/** The fields of a JSON answer. Throws APO-CLOUD-METADATA when one is missing or it is no JSON. */
export function textFields<Name extends string>(
  answer: MetadataAnswer,
  wanted: { readonly names: readonly Name[]; readonly place: Pick<MetadataPlace, 'cloud' | 'origin'> },
): Readonly<Record<Name, string>> {
  const document = parseObject(answer.text)
  const values = wanted.names.map((name) => [name, document?.[name]] as const)
  if (answer.status === 200 && values.every(([, value]) => typeof value === 'string' && value !== ''))
    return Object.fromEntries(values) as Record<Name, string>
  throw oddAnswer(answer, wanted.place)
}

export function oddAnswer(
  answer: MetadataAnswer,
  place: Pick<MetadataPlace, 'cloud' | 'origin'>,
): ApoctlError {
  const text = `${place.origin} answers (HTTP ${answer.status}), but not as a metadata service of ${place.cloud} does`
  return new ApoctlError(['APO-CLOUD-METADATA', text])
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
