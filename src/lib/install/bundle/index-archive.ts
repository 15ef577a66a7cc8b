import { open, type FileHandle } from 'node:fs/promises'
import { Header } from 'tar'
import { isEnforcerArchiveName } from '../../../contract/enforcer-archive.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** Where the bytes of a file are in an archive. */
export interface ArchiveEntry {
  readonly name: string
  readonly offset: number
  readonly sizeBytes: number
}

const blockBytes = 512
/** Two platforms come to ten. */
const mostEntries = 16

/**
 * Finds the files of an archive of bundles without unpacking any. The archive may come from anybody: it is
 * refused with APO-BUNDLE-ARCHIVE when it holds anything but plain files with the names that belong there,
 * each once and whole.
 */
export async function indexArchive(file: string): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const handle = await open(file).catch((error: unknown) => {
    throw new ApoctlError(['APO-BUNDLE-MISSING', `${file} cannot be read`], { cause: error })
  })
  try {
    return await readEntries(file, handle)
  } finally {
    await handle.close()
  }
}

async function readEntries(file: string, handle: FileHandle): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const { size } = await handle.stat()
  const entries = new Map<string, ArchiveEntry>()
  let position = 0
  for (;;) {
    const block = Buffer.alloc(blockBytes)
    const { bytesRead } = await handle.read(block, 0, blockBytes, position)
    if (bytesRead < blockBytes) throw refused(file, 'it is cut short')
    if (block.every((byte) => byte === 0)) return entries
    const { name, sizeBytes } = parseHeader(block, file)
    const offset = position + blockBytes
    if (entries.has(name)) throw refused(file, `it holds ${name} twice`)
    if (offset + sizeBytes > size) throw refused(file, 'it is cut short')
    entries.set(name, { name, offset, sizeBytes })
    if (entries.size > mostEntries) throw refused(file, 'it holds too many files')
    position = offset + Math.ceil(sizeBytes / blockBytes) * blockBytes
  }
}

function parseHeader(block: Buffer, file: string): { readonly name: string; readonly sizeBytes: number } {
  const { cksumValid, path, type, size } = readHeader(block) ?? {}
  if (cksumValid !== true || path === undefined) throw refused(file, 'it is no tar archive, or a damaged one')
  if (type !== 'File' || !isEnforcerArchiveName(path))
    throw refused(file, `it holds ${JSON.stringify(path)}, which does not belong there`)
  if (size === undefined || !Number.isSafeInteger(size) || size < 1)
    throw refused(file, `${path} has no size`)
  return { name: path, sizeBytes: size }
}

/** The library throws at some of what is no header. */
function readHeader(block: Buffer): Header | undefined {
  try {
    return new Header(block)
  } catch {
    return undefined
  }
}

function refused(file: string, why: string): ApoctlError {
  return new ApoctlError(['APO-BUNDLE-ARCHIVE', `${file} is no archive of enforcer bundles: ${why}`])
}
