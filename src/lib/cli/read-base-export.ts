import { ApoctlError } from '../errors/apoctl-error.ts'
import { readExports } from '../queries/exchange/read-exports.ts'
import type { WrittenExport } from '../queries/exchange/written-export.ts'
import type { CommandContext } from './context.ts'
import { noExport } from './read-import.ts'
import { readInputText } from './read-input-text.ts'

/** The one export in a file. Throws APO-INPUT-FILE when it has none, or more. */
export async function readBaseExport(
  file: string,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<WrittenExport> {
  const [base, second] = await readExports(await readInputText(file, environment))
  if (base === undefined) throw noExport(file)
  if (second === undefined) return base
  throw new ApoctlError(['APO-INPUT-FILE', `${second.where}: a second export; --base takes one`])
}
