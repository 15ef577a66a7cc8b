import { readdir } from 'node:fs/promises'
import type { ConformanceGroup } from './case.ts'

/** Every group of every file in `cases/`, in the order of the files. */
export async function loadGroups(): Promise<readonly ConformanceGroup[]> {
  const folder = new URL('../cases/', import.meta.url)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()
  const modules = await Promise.all(
    files.map((file) => import(new URL(file, folder).href) as Promise<{ groups: ConformanceGroup[] }>),
  )
  return modules.flatMap(({ groups }) => groups)
}
