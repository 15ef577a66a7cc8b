import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Pages = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Finds help pages, rendered at build time for a few widths, in the folder of the bundle. */
export function helpFrom(folder: string): (words: string) => Promise<string> {
  return async (words) => {
    const pages = JSON.parse(await readFile(join(folder, 'help.json'), 'utf8')) as Pages
    return pagesThatFit(pages)[words] ?? ''
  }
}

function pagesThatFit(pages: Pages): Readonly<Record<string, string>> {
  const columns = process.stdout.columns || 80
  const widths = Object.keys(pages).map(Number)
  const fitting = widths.filter((width) => width <= columns)
  return pages[Math.max(...fitting, Math.min(...widths))] ?? {}
}
