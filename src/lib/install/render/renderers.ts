import type { Artefact, ArtefactContent, InstallEngine } from './artefact.ts'
import { renderAnsible } from './render-ansible.ts'
import { renderCloudInit } from './render-cloud-init.ts'
import { renderScript } from './render-script.ts'
import { renderSsm } from './render-ssm.ts'
import { renderTerraform } from './render-terraform.ts'

/** How the artefact of each engine is written; pure. */
export const renderers: Readonly<Record<InstallEngine, (content: ArtefactContent) => Artefact>> = {
  'cloud-init': renderCloudInit,
  ansible: renderAnsible,
  ssm: renderSsm,
  'terraform-user-data': renderTerraform,
  script: renderScript,
}
