import { ApoctlError } from '../errors/apoctl-error.ts'
import { checkExports } from '../queries/exchange/check-exports.ts'
import type { CheckedImport } from '../queries/exchange/checked-import.ts'
import { readExports } from '../queries/exchange/read-exports.ts'
import type { CommandContext } from './context.ts'
import { proxyFromEnvironment } from './proxy-from-environment.ts'
import { readInputText } from './read-input-text.ts'

export interface ImportSource {
  readonly file?: string | undefined
  readonly url?: string | undefined
  readonly label?: string | undefined
  /** What is taken away is known by its label: its objects are neither needed nor checked. */
  readonly removes: boolean
}

/** What is to be imported, from a file, standard input or an address. Throws as its parts do. */
export async function readImport(
  source: ImportSource,
  context: Pick<CommandContext, 'environment' | 'signal'>,
): Promise<readonly CheckedImport[]> {
  const { label, removes } = source
  const text = await givenText(source, context)
  if (text === undefined) {
    if (removes && label !== undefined) return [{ label, objects: [] }]
    throw nothingGiven(removes)
  }
  const exports = await readExports(text)
  if (exports.length === 0) throw noExport(text.name)
  return checkExports(removes ? exports.map((one) => ({ ...one, kinds: [] })) : exports, { label })
}

async function givenText(
  { file, url }: ImportSource,
  { environment, signal }: Pick<CommandContext, 'environment' | 'signal'>,
): Promise<{ readonly name: string; readonly content: string } | undefined> {
  if (url === undefined) return file === undefined ? undefined : readInputText(file, environment)
  const { fetchDocument } = await import('../api/fetch-document.ts')
  return fetchDocument(url, { signal, proxyFor: (origin) => proxyFromEnvironment(origin, environment.env) })
}

export function noExport(name: string): ApoctlError {
  return new ApoctlError(['APO-INPUT-FILE', `${name}: there is no export in it`], {
    hints: ['apoctl api export prints one to start from.'],
  })
}

function nothingGiven(removes: boolean): ApoctlError {
  const what = removes ? 'nothing says what to remove' : 'nothing says what to import'
  return new ApoctlError(['APO-INPUT-MISSING', what], {
    hints: [removes ? 'Give --label NAME, or --file FILE.' : 'Give --file FILE, --file - or --url URL.'],
  })
}
