import type { Readable } from 'node:stream'

/** Reads what a change would feed to the host, whole. */
export async function collect(input: string | Buffer | Readable): Promise<Buffer> {
  if (typeof input === 'string') return Buffer.from(input)
  if (Buffer.isBuffer(input)) return input
  const chunks: Buffer[] = []
  for await (const chunk of input) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
