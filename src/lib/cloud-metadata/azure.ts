import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'
import { askMetadata, linkLocalOrigin, textFields } from './metadata-service.ts'

const path =
  '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com'

/**
 * Asks Azure for a token of this machine's identity. Throws APO-CLOUD-METADATA outside of Azure,
 * APO-CLOUD-IDENTITY when the machine has no identity.
 */
export async function readAzureIdentityToken(where: {
  readonly origin?: string | undefined
  readonly signal: AbortSignal
}): Promise<Secret> {
  const place = { cloud: 'Azure', origin: where.origin ?? linkLocalOrigin, signal: where.signal }
  const answer = await askMetadata({ path, headers: { Metadata: 'true' } }, place)
  if (answer.status === 400)
    throw new ApoctlError(['APO-CLOUD-IDENTITY', 'this Azure machine has no managed identity'], {
      hints: ['Assign one to it, or log in with --token.'],
    })
  return new Secret(textFields(answer, { names: ['access_token'], place }).access_token)
}
