import type { JWTPayload } from 'jose'
import { metadataText } from '../metadata.ts'
import { cloudIdentity, type CloudContext, type CloudIdentity, type Identify } from './cloud-identity.ts'
import { verifyCloudToken } from './cloud-token.ts'
import { publishedKeys } from './published-keys.ts'

const cloud = 'Google Cloud'

/** Reads the identity token that a machine, or a service account, of Google Cloud got for this purpose. */
export function createGcpIdentifier(keysUrl: string, context: CloudContext): Identify {
  const keys = publishedKeys({ cloud, url: keysUrl }, context)
  return async (wanted) => {
    const said = await verifyCloudToken(metadataText(wanted, 'token'), {
      cloud,
      keys,
      issuer: ['https://accounts.google.com'],
      audience: ['aporeto'],
      nowMs: context.nowMs(),
    })
    return identityOf(said)
  }
}

function identityOf(said: JWTPayload): CloudIdentity {
  const machine = recordOf(recordOf(said['google'])['compute_engine'])
  return cloudIdentity('gcpidentitytoken', {
    subject: said.sub ?? '',
    // Anybody may say any address until Google has seen that it is theirs.
    email: said['email_verified'] === true ? textOf(said['email']) : undefined,
    instancename: textOf(machine['instance_name']),
    projectid: textOf(machine['project_id']),
    projectnumber: textOf(machine['project_number']),
    zone: textOf(machine['zone']),
  })
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Google writes numbers of projects as numbers, or as texts. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
