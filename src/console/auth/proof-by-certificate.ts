import { randomUUID } from 'node:crypto'
import { credentialIdOf } from '../../contract/app-credential-name.ts'
import { appCredential } from '../../contract/entities/app-credential.ts'
import { textOf } from '../../contract/entity/definition.ts'
import { refuse } from '../refused-request.ts'
import { nowOf } from '../services.ts'
import { readClientCertificate } from './certificate-authority.ts'
import { durationMs } from './duration.ts'
import { principalOf } from './principal.ts'
import type { Issuing, Proof } from './proof.ts'

/** The client certificate of an app credential; TLS has checked that our authority signed it. */
export function proofByCertificate({ client, services }: Issuing): Proof {
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
