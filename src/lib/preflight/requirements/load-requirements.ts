import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readDocument } from '../documents/read-document.ts'
import { enforcer } from './enforcer.ts'
import { guide202110, guide202111 } from './guide.ts'
import { requirementFileShape, type RequirementFile, type RequirementSet } from './requirement-set.ts'

export const builtInSets: readonly RequirementSet[] = [guide202110, guide202111, enforcer]
/** For the enforcer that apoctl brings, and for the packages of the vendor. */
export const defaultSetName = enforcer.name
export const vendorSetName = guide202111.name

/** Reads the file of a user; narrow, so that tests need no disk. */
export interface FileReader {
  readTextFile(path: string): Promise<string>
}

/**
 * The built-in set of that name, or the one written in that file. Throws APO-INPUT-FILE with file and
 * line for a file that is wrong, APO-INPUT-VALUE for a name that is neither.
 */
export async function loadRequirements(nameOrFile: string, files: FileReader): Promise<RequirementSet> {
  const builtIn = builtInSets.find(({ name }) => name === nameOrFile)
  if (builtIn !== undefined) return builtIn
  const looksLikeFile = /[./\\]/.test(nameOrFile)
  if (!looksLikeFile) {
    const names = builtInSets.map(({ name }) => name).join(', ')
    throw new ApoctlError(['APO-INPUT-VALUE', `there is no requirement set "${nameOrFile}"`], {
      hints: [`Built in are ${names}; a file is given by a path with a dot or a slash.`],
    })
  }
  const content = await files.readTextFile(nameOrFile)
  return toSet(await readDocument({ file: nameOrFile, content }, requirementFileShape), nameOrFile)
}

function toSet(file: RequirementFile, path: string): RequirementSet {
  const base = builtInSets.find(({ name }) => name === file.extends)
  const name = file.name ?? path.replace(/^.*[/\\]/, '')
  return {
    name,
    title: file.title ?? name,
    source: file.source ?? path,
    linux: { ...base?.linux, ...file.linux },
    severities: { ...base?.severities, ...file.severities },
  }
}
