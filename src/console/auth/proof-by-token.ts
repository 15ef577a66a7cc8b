import { randomUUID } from 'node:crypto'
import { authenticate } from './authenticate.ts'
import { metadataText } from './metadata.ts'
import type { Issuing, Proof } from './proof.ts'

/** A token of this Console, for one that may do less. */
export async function proofByToken({ wanted, client, services }: Issuing): Promise<Proof> {
  const token = metadataText(wanted, 'token')
  const { claims } = await authenticate(token, { services, clientAddress: client.address })
  // Uses of the new token count as uses of the old one, or a quota could be multiplied.
  const jti = claims.quota === undefined ? randomUUID() : claims.jti
  return { claims: { ...claims, jti }, notAfterMs: claims.exp * 1000 }
}
