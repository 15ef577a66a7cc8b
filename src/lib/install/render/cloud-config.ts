import { stringify } from 'yaml'
import { comment, type ArtefactContent } from './artefact.ts'
import { scriptWords } from './install-script.ts'
import { packedScript } from './packed-script.ts'

/** In memory, and gone with the next start if nothing else removes it. */
const folder = '/run/prisma-enforcer-install'

/**
 * What cloud-init does at the first start of a machine. The token is written to a file that only root
 * reads, and goes with it; `tokenText` is that token in base64, or what becomes it.
 */
export function cloudConfig({ script, about }: ArtefactContent, tokenText: string): string {
  const files = [
    {
      path: `${folder}/installenforcer.sh`,
      owner: 'root:root',
      permissions: '0700',
      encoding: 'gz+b64',
      content: `${packedScript(script).join('\n')}\n`,
    },
    { path: `${folder}/token`, owner: 'root:root', permissions: '0600', encoding: 'b64', content: tokenText },
  ]
  const config = { write_files: files, runcmd: [install] }
  return `#cloud-config\n${comment(about)}${stringify(config, { lineWidth: 0 })}`
}

/** In a shell of its own: commands of others may stand behind it, and the last one says how all went. */
const install = `(
code=0
sh ${folder}/installenforcer.sh ${scriptWords.tokenFromInput} < ${folder}/token || code=$?
rm -rf ${folder}
exit "$code"
)
`
