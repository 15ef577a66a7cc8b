import { isAbsolute } from 'node:path'
import { quote } from '../../platforms/linux/quote.ts'
import { comment, type Artefact, type ArtefactContent } from './artefact.ts'
import { cloudConfig } from './cloud-config.ts'
import { userDataLimit, withinLimit } from './within-limit.ts'

const template = 'cloud-init.yaml.tftpl'
const place = 'APOCTL_TOKEN_IN_BASE64'
/** Tokens of the Console are shorter, in base64. */
const longestToken = 2048

/**
 * A module whose output is user data. Nothing but the token is for its template to fill in: what could look so
 * is in base64. The token is a variable, so that no file has it; Terraform keeps it in
 * its state, as it does everything.
 */
export function renderTerraform(content: ArtefactContent): Artefact {
  const text = cloudConfig(content, place)
  withinLimit(text.replace(place, 'x'.repeat(longestToken)), userDataLimit)
  const folder = quote(content.folder)
  return {
    files: [
      { path: 'main.tf', parts: [`${comment(content.about)}\n${main}`] },
      { path: 'variables.tf', parts: [variables] },
      { path: 'outputs.tf', parts: [outputs] },
      { path: template, parts: [text.replace(place, '${token}')] },
    ],
    next: [
      `terraform -chdir=${folder} init && terraform -chdir=${folder} validate`,
      `export TF_VAR_apoctl_token="$(${content.tokenCommand})"`,
      `module "prisma_enforcer" { source = ${JSON.stringify(isAbsolute(content.folder) ? content.folder : `./${content.folder}`)}, apoctl_token = var.apoctl_token }`,
      'user_data = module.prisma_enforcer.user_data',
    ],
  }
}

const main = `terraform {
  required_version = ">= 1.2"
}

locals {
  user_data = templatefile("\${path.module}/${template}", {
    token = base64encode("\${var.apoctl_token}\\n")
  })
}
`

const variables = `variable "apoctl_token" {
  description = "Token of the Console with which new machines register their enforcers."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._~+/=-]+$", var.apoctl_token))
    error_message = "This is no token."
  }
}
`

const outputs = `output "user_data" {
  description = "User data for new machines: a #cloud-config."
  value       = local.user_data
  sensitive   = true

  precondition {
    condition     = length(local.user_data) <= ${userDataLimit.sizeBytes}
    error_message = "This is more than EC2 takes; use user_data_base64, which is compressed."
  }
}

output "user_data_base64" {
  description = "The same compressed and in base64, for user_data_base64 of aws_instance."
  value       = base64gzip(local.user_data)
  sensitive   = true
}
`
