import { randomUUID } from 'node:crypto'
import { appCredential } from '../../contract/entities/app-credential.ts'
import type { IssueDraft, Realm } from '../../contract/entities/issue.ts'
import { textOf } from '../../contract/entity/definition.ts'
import { parseGoDuration } from '../../contract/go-duration.ts'
import type { ClientOfCall } from '../call.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { credentialIdOf } from './app-credential-name.ts'
import { authenticate } from './authenticate.ts'
import { readClientCertificate } from './certificate-authority.ts'
import type { TokenClaims } from './claims.ts'
import { principalOf } from './principal.ts'

/** What proof was shown: claims without their end, and when they end at the latest. */
export interface Proof {
  readonly claims: Omit<TokenClaims, 'exp' | 'iat' | 'iss'>
  readonly notAfterMs: number
}

export interface Issuing {
  readonly wanted: IssueDraft
  readonly client: ClientOfCall
  readonly services: ConsoleServices
}

/** Looks at the proof of the realm; refuses what does not convince. */
export async function proofOf(issuing: Issuing): Promise<Proof> {
  const realm = issuing.wanted.realm as Realm
  if (realm === 'Certificate') return proofByCertificate(issuing)
  if (realm === 'AporetoIdentityToken') return proofByToken(issuing)
  throw refuse(501, `Realm '${realm}' is not supported by this Console`)
}

/** The client certificate of an app credential; TLS has checked that our authority signed it. */
function proofByCertificate({ client, services }: Issuing): Proof {
  if (client.certificate === undefined) {
    throw refuse(401, 'Realm Certificate needs a client certificate that this Console signed')
  }
  const certificate = readClientCertificate(client.certificate)
  const id = credentialIdOf(certificate.commonName)
  if (id === undefined) throw refuse(401, 'The client certificate is not that of an app credential')
  const { serialNumber, commonName, organization } = certificate
  const claims = {
    realm: 'certificate',
    data: { commonName, organization, realm: 'certificate', serialNumber, subject: serialNumber },
    jti: randomUUID(),
    sub: serialNumber,
  }
  // The same questions every later request is asked: does it exist, is it in use, is it the current one?
  principalOf(
    { ...claims, exp: 0, iat: 0, iss: '' },
    { store: services.store, policies: services.policies, clientAddress: client.address },
  )
  const limit = textOf(services.store.find(appCredential, id)?.object, 'maxIssuedTokenValidity')
  return {
    claims,
    notAfterMs: Math.min(certificate.notAfter.getTime(), nowOf(services).getTime() + durationMs(limit)),
  }
}

async function proofByToken({ wanted, client, services }: Issuing): Promise<Proof> {
  const token = wanted.metadata?.['token']
  if (typeof token !== 'string') {
    throw refuse(422, {
      text: "Realm AporetoIdentityToken needs metadata 'token'",
      data: { attribute: 'metadata' },
    })
  }
  const { claims } = await authenticate(token, { services, clientAddress: client.address })
  // Uses of the new token count as uses of the old one, or a quota could be multiplied.
  const jti = claims.quota === undefined ? randomUUID() : claims.jti
  return { claims: { ...claims, jti }, notAfterMs: claims.exp * 1000 }
}

/** Infinity when nothing, or zero, is said. */
export function durationMs(text: string): number {
  const duration = parseGoDuration(text)
  return duration.ok && duration.value !== 0 ? duration.value : Number.POSITIVE_INFINITY
}
