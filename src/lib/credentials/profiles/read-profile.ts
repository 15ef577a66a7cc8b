import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { profileKeys, type Profile } from './profile.ts'
import type { SelectedProfile } from './select-profile.ts'

/** Reads a profile. Only one that nobody asked for may be missing. Throws APO-INPUT-FILE, with the line. */
export async function readProfile(selected: SelectedProfile, home: string): Promise<Profile> {
  const { file, chosenBy } = selected
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (chosenBy === 'default' && (error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new ApoctlError(['APO-INPUT-FILE', `the profile ${file} cannot be read`], {
      cause: error,
      hints: ['See what there is: apoctl profiles'],
    })
  }
  return parseProfile({ file, text }, home)
}

async function parseProfile(
  source: { readonly file: string; readonly text: string },
  home: string,
): Promise<Profile> {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false })
  const wrong = (offset: number, what: string): ApoctlError =>
    new ApoctlError(['APO-INPUT-FILE', `${source.file}:${lines.linePos(offset).line}: ${what}`], {
      hints: [`A profile knows: ${profileKeys.join(', ')}.`],
    })
  const [problem] = document.errors
  if (problem !== undefined) throw wrong(problem.pos[0], problem.message.split('\n')[0] ?? 'no YAML')
  if (document.toJS() === null) return new Map()
  if (!isMap(document.contents)) throw wrong(0, 'a profile is a list of "key: value" lines')
  return new Map(
    document.contents.items.map(({ key, value }) => {
      const offset = isScalar(key) ? key.range[0] : 0
      const name = String(key)
      if (!(profileKeys as readonly string[]).includes(name))
        throw wrong(offset, `"${name}" is not a setting of a profile`)
      if (!isScalar(value) || !['string', 'boolean'].includes(typeof value.value))
        throw wrong(offset, `"${name}" takes one text or true or false`)
      const text = typeof value.value === 'boolean' ? value.value : expandHome(String(value.value), home)
      return [name, { value: text, source: `${source.file}:${lines.linePos(offset).line}` }] as const
    }),
  )
}

function expandHome(text: string, home: string): string {
  return text.startsWith('~/') ? join(home, text.slice(2)) : text
}
