import { randomUUID } from 'node:crypto'
import type { Issuing, Proof } from './proof.ts'

/** What a machine or an application got from its cloud; which roles it has is said by policies. */
export async function proofByCloud({ wanted, client, services }: Issuing): Promise<Proof> {
  const identity = await services.clouds.identify(wanted, client.address)
  return { claims: { ...identity, jti: randomUUID() }, notAfterMs: Number.POSITIVE_INFINITY }
}
