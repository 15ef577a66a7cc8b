import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'
import {
  askMetadata,
  linkLocalOrigin,
  oddAnswer,
  textFields,
  type MetadataPlace,
} from './metadata-service.ts'

/** The temporary credentials of the role of an EC2 machine. */
export interface AwsRoleCredentials {
  readonly role: string
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret
}

const rolesPath = '/latest/meta-data/iam/security-credentials/'

/**
 * Asks EC2 for the credentials of this machine's role: with a session (version 2 of the service) where
 * there are sessions, else without. Throws APO-CLOUD-METADATA outside of EC2, APO-CLOUD-IDENTITY when the
 * machine has no role.
 */
export async function readAwsRoleCredentials(where: {
  readonly origin?: string | undefined
  readonly signal: AbortSignal
}): Promise<AwsRoleCredentials> {
  const place = { cloud: 'AWS', origin: where.origin ?? linkLocalOrigin, signal: where.signal }
  const headers = await sessionHeaders(place)
  const role = await firstRole(headers, place)
  const answer = await askMetadata({ path: rolesPath + encodeURIComponent(role), headers }, place)
  const names = ['AccessKeyId', 'SecretAccessKey', 'Token'] as const
  const found = textFields(answer, { names, place })
  return {
    role,
    accessKeyId: found.AccessKeyId,
    secretAccessKey: new Secret(found.SecretAccessKey),
    sessionToken: new Secret(found.Token),
  }
}

/** None where sessions are not known, or do not get through: in containers, their answer may not hop so far. */
async function sessionHeaders(place: MetadataPlace): Promise<Readonly<Record<string, string>>> {
  const headers = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' }
  try {
    const answer = await askMetadata({ method: 'PUT', path: '/latest/api/token', headers }, place)
    const isToken = answer.status === 200 && /^[\x21-\x7e]+$/.test(answer.text)
    return isToken ? { 'X-aws-ec2-metadata-token': answer.text } : {}
  } catch (error) {
    if (error instanceof ApoctlError) return {}
    throw error
  }
}

async function firstRole(headers: Readonly<Record<string, string>>, place: MetadataPlace): Promise<string> {
  const answer = await askMetadata({ path: rolesPath, headers }, place)
  if (answer.status === 404)
    throw new ApoctlError(['APO-CLOUD-IDENTITY', 'this EC2 machine has no role'], {
      hints: ['Give it an instance profile, or log in with --access-key-id.'],
    })
  const [role = ''] = answer.text.trim().split('\n')
  if (answer.status !== 200 || !/^[\w+=,.@-]+$/.test(role)) throw oddAnswer(answer, place)
  return role
}
