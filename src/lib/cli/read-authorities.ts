import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'

/** The authorities in a file that somebody names, PEM. Throws APO-INPUT-FILE for one that cannot be used. */
export async function readAuthorities(
  named: string,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<string> {
  const file = resolve(environment.workingDir, named)
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ApoctlError(['APO-INPUT-FILE', `the certificate authority ${file} cannot be read`], {
      cause: error,
    })
  })
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new ApoctlError(['APO-INPUT-FILE', `${file} holds no PEM certificate`])
  return pem
}
