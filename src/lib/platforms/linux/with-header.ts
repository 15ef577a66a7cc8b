import { Readable } from 'node:stream'
import type { CommandRequest } from '../../transports/transport.ts'

/** Puts lines before what a command reads, for a reader on the far side that takes them off first. */
export function withHeader(header: string, body: CommandRequest['stdin']): Buffer | Readable {
  if (body === undefined) return Buffer.from(header)
  if (typeof body === 'string' || Buffer.isBuffer(body))
    return Buffer.concat([Buffer.from(header), Buffer.from(body)])
  return Readable.from(joined(header, body), { objectMode: false })
}

async function* joined(header: string, body: Readable): AsyncGenerator<Buffer> {
  yield Buffer.from(header)
  for await (const chunk of body) yield chunk as Buffer
}
