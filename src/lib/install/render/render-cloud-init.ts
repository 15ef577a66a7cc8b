import { join } from 'node:path'
import { quote } from '../../platforms/linux/quote.ts'
import type { Artefact, ArtefactContent } from './artefact.ts'
import { cloudConfig } from './cloud-config.ts'
import { userDataLimit, withinLimit } from './within-limit.ts'

const name = 'cloud-init.yaml'

/** User data for a machine that does not exist yet: a #cloud-config with a token of its own. */
export function renderCloudInit(content: ArtefactContent): Artefact {
  const token = Buffer.from(`${content.token?.reveal() ?? ''}\n`).toString('base64')
  const text = withinLimit(cloudConfig(content, token), userDataLimit)
  const file = quote(join(content.folder, name))
  return {
    files: [{ path: name, parts: [text], isSecret: true }],
    next: [
      `cloud-init schema --config-file ${file}`,
      `aws ec2 run-instances --user-data file://${file} …`,
      `gcloud compute instances create NAME --metadata-from-file user-data=${file} …`,
      `az vm create --custom-data ${file} …`,
    ],
  }
}
