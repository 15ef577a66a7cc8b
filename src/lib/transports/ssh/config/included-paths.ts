import { readdir, stat } from 'node:fs/promises'

/**
 * Files that a pattern of Include covers, in the order of their bytes, as glob(3) finds them: `*`, `?`
 * and `[…]` in any part of the path, and no hidden names unless the pattern begins with a dot.
 */
export async function pathsCovered(pattern: string): Promise<string[]> {
  const parts = pattern.split('/').filter((part) => part !== '')
  let found = ['']
  for (const part of parts) {
    const next = found.map((folder) => namesIn(folder, part))
    found = (await Promise.all(next)).flat()
  }
  const there = await Promise.all(found.map(exists))
  return found.filter((_, index) => there[index]).sort(byBytes)
}

async function namesIn(folder: string, part: string): Promise<string[]> {
  if (!/[*?[\\]/.test(part)) return [`${folder}/${part}`]
  const expression = expressionOf(part)
  const names = await readdir(folder === '' ? '/' : folder).catch(() => [])
  const shown = names.filter((name) => part.startsWith('.') || !name.startsWith('.'))
  return shown.filter((name) => expression.test(name)).map((name) => `${folder}/${name}`)
}

/** One part of a path as a regular expression. */
function expressionOf(part: string): RegExp {
  const pieces = part.match(/\[[!^]?\]?[^\]]*\]|\\.|[\s\S]/g) ?? []
  return new RegExp(`^${pieces.map(sourceOf).join('')}$`, 's')
}

function sourceOf(piece: string): string {
  if (piece === '*') return '.*'
  if (piece === '?') return '.'
  if (piece.length > 2) {
    const set = piece.slice(1, -1).replace(/^!/, '^')
    return `[${set.replace(/[\\\][]/g, '\\$&')}]`
  }
  return (piece[1] ?? piece).replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
