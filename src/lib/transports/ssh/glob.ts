import { readdir } from 'node:fs/promises'

/** Whether `*` and `?` of a pattern cover a text; nothing else is special, as in ssh_config. */
export function covers(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

/** Whether a list of patterns covers a text; one that is negated with `!` and covers it says no at once. */
export function listCovers(patterns: readonly string[], text: string): boolean {
  const [negated, plain] = [
    patterns.filter((p) => p.startsWith('!')),
    patterns.filter((p) => !p.startsWith('!')),
  ]
  if (negated.some((pattern) => covers(pattern.slice(1), text))) return false
  return plain.some((pattern) => covers(pattern, text))
}

/** Files whose absolute path a pattern covers, in order; wildcards in the last part alone. */
export async function glob(path: string): Promise<string[]> {
  if (!/[*?]/.test(path)) return [path]
  const slash = path.lastIndexOf('/')
  const directory = path.slice(0, slash)
  const names = await readdir(directory).catch(() => [])
  return names
    .filter((name) => covers(path.slice(slash + 1), name) && !name.startsWith('.'))
    .sort()
    .map((name) => `${directory}/${name}`)
}
