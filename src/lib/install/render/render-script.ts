import { join } from 'node:path'
import { quote } from '../../platforms/linux/quote.ts'
import type { Artefact, ArtefactContent } from './artefact.ts'

export const installScriptName = 'installenforcer.sh'

/** installenforcer.sh, for people and for engines that have no name here. */
export function renderScript({ script, tokenCommand, folder }: ArtefactContent): Artefact {
  return {
    files: [{ path: installScriptName, parts: [script.text, ...script.payload], isProgram: true }],
    next: [
      `less ${quote(join(folder, installScriptName))}`,
      `${tokenCommand} | ssh HOST 'umask 077; cat > token'`,
      `scp ${quote(join(folder, installScriptName))} HOST:`,
      `ssh HOST 'sudo sh ${installScriptName} --token-from-stdin < token; rm token'`,
    ],
  }
}
