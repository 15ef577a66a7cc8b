import { list, type ReadEntry } from 'tar'

/** The texts of some small files of a gzipped tar archive, by path; those it lacks are lacking. */
export async function readArchivedFiles(
  archive: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  await list({
    file: archive,
    filter: (path) => paths.includes(path),
    onReadEntry: (entry: ReadEntry) => {
      const chunks: Buffer[] = []
      entry.on('data', (chunk) => chunks.push(chunk))
      entry.on('end', () => texts.set(entry.path, Buffer.concat(chunks).toString('utf8')))
    },
  })
  return texts
}
