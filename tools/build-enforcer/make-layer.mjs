import { createHash } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'

const block = 512

/**
 * Packs files into one gzipped tar named by its digest and removes older packings of the same layer.
 * `files`: `{ path, mode, content }`. Everything that could differ between two builds is fixed: order,
 * owner, times, and the header of gzip.
 */
export async function makeLayer({ name, files, folder }) {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
  const parts = sorted.flatMap((file) => [headerOf(file), file.content, padding(file.content.length)])
  const archive = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]), { level: 9 })
  // Byte 9 names the operating system that compressed; 255 is "unknown".
  archive[9] = 255
  const sha256 = digest(archive)
  const file = `${name}-${sha256.slice(0, 16)}.tar.gz`
  for (const old of await readdir(folder))
    if (old.startsWith(`${name}-`) && old !== file) await rm(join(folder, old))
  await writeFile(join(folder, file), archive)
  return {
    name,
    file,
    sha256,
    sizeBytes: archive.length,
    files: sorted.map(({ path, mode, content }) => ({
      path,
      mode,
      sha256: digest(content),
      sizeBytes: content.length,
    })),
  }
}

function headerOf({ path, mode, content }) {
  const header = new Header({
    path,
    mode: Number.parseInt(mode, 8),
    uid: 0,
    gid: 0,
    uname: 'root',
    gname: 'root',
    size: content.length,
    mtime: new Date(0),
    type: 'File',
  })
  const bytes = Buffer.alloc(block)
  if (header.encode(bytes)) throw new Error(`${path} does not fit a plain tar header`)
  return bytes
}

function padding(length) {
  return Buffer.alloc((block - (length % block)) % block)
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
