import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Header } from 'tar'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** A file of an archive, by its text or by where it is. */
export type ArchivedFile =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly path: string; readonly sizeBytes: number }

const blockBytes = 512

/**
 * Writes a plain tar of these files, in this order; the same files give the same bytes. Rejects with
 * APO-INPUT-FILE where it cannot, or where a file is.
 */
export async function writeArchive(
  archive: { readonly file: string; readonly files: readonly ArchivedFile[] },
  context: { readonly signal: AbortSignal },
): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const { file, files } = archive
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of archiveBytes(files)) {
      hash.update(chunk)
      sizeBytes += chunk.length
      yield chunk
    }
  }
  const to = createWriteStream(file, { flags: 'wx', mode: 0o644 })
  try {
    await pipeline(measured(), to, { signal: context.signal })
  } catch (error) {
    throw await explain(error, { file, signal: context.signal })
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

async function explain(
  error: unknown,
  what: { readonly file: string; readonly signal: AbortSignal },
): Promise<unknown> {
  const { file, signal } = what
  const { code } = error as NodeJS.ErrnoException
  const exists = code === 'EEXIST'
  if (!exists) await rm(file, { force: true })
  if (signal.aborted) return signal.reason
  return new ApoctlError(
    ['APO-INPUT-FILE', `${file} ${exists ? 'is there already' : `cannot be written (${code})`}`],
    {
      hints: ['Name another file with --output-file, or move that one away.'],
      cause: error,
    },
  )
}

async function* archiveBytes(files: readonly ArchivedFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    const sizeBytes = 'text' in file ? Buffer.byteLength(file.text) : file.sizeBytes
    yield headerOf(file.name, sizeBytes)
    if ('text' in file) yield Buffer.from(file.text)
    else for await (const chunk of createReadStream(file.path)) yield chunk as Buffer
    yield Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes)
  }
  yield Buffer.alloc(2 * blockBytes)
}

/** Whatever could differ between two writings is fixed. */
function headerOf(name: string, sizeBytes: number): Buffer {
  const fixed = { mode: 0o644, uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: new Date(0) }
  const header = new Header({ path: name, size: sizeBytes, type: 'File', ...fixed })
  const block = Buffer.alloc(blockBytes)
  if (header.encode(block)) throw new Error(`${name} does not fit a plain tar header`)
  return block
}
