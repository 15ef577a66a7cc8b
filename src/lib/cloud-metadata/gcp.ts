import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'
import { askMetadata, linkLocalOrigin, oddAnswer } from './metadata-service.ts'

/** The audience that a Console expects in the token. */
const path = '/computeMetadata/v1/instance/service-accounts/default/identity?audience=aporeto&format=full'

/**
 * Asks Google Cloud for a signed token that says which machine this is. Throws APO-CLOUD-METADATA outside
 * of Google Cloud, APO-CLOUD-IDENTITY when the machine has no service account.
 */
export async function readGcpIdentityToken(where: {
  readonly origin?: string | undefined
  readonly signal: AbortSignal
}): Promise<Secret> {
  const place = { cloud: 'Google Cloud', origin: where.origin ?? linkLocalOrigin, signal: where.signal }
  const answer = await askMetadata({ path, headers: { 'Metadata-Flavor': 'Google' } }, place)
  // As Google asks its clients to: whoever does not send it back is another service at this address.
  if (answer.headers['metadata-flavor'] !== 'Google') throw oddAnswer(answer, place)
  if (answer.status === 404)
    throw new ApoctlError(['APO-CLOUD-IDENTITY', 'this Google Cloud machine has no service account'], {
      hints: ['Give it one, or log in with --token.'],
    })
  const token = answer.text.trim()
  if (answer.status !== 200 || token.split('.').length !== 3) throw oddAnswer(answer, place)
  return new Secret(token)
}
