import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Every command: its words, its oclif id and its source file, sorted. */
export async function commandIndex(root = '.') {
  const files = (await readdir(join(root, 'src/commands'), { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  )
  return files.sort().map((file) => {
    const parts = file.replace(/\.ts$/, '').split('/')
    return { words: parts.join(' '), id: parts.join(':'), source: `./commands/${file}` }
  })
}
