import type { Realm } from '../../contract/entities/issue.ts'
import { refuse } from '../refused-request.ts'
import type { Issuing, Proof } from './proof.ts'
import { proofByOidc } from './oidc.ts'
import { proofByCertificate } from './proof-by-certificate.ts'
import { proofByCloud } from './proof-by-cloud.ts'
import { proofByToken } from './proof-by-token.ts'
import { proofByPassword } from './vince.ts'

type Prove = (issuing: Issuing) => Proof | Promise<Proof>

const realms: Readonly<Record<Realm, Prove | string>> = {
  Certificate: proofByCertificate,
  AporetoIdentityToken: proofByToken,
  Vince: proofByPassword,
  OIDC: proofByOidc,
  AWSSecurityToken: proofByCloud,
  GCPIdentityToken: proofByCloud,
  AzureIdentityToken: proofByCloud,
  PCIdentityToken:
    'tokens of Prisma Cloud mean nothing to it; log in with an app credential, an account or an OIDC provider',
  Google: 'declare Google as an OIDC provider and log in with realm OIDC',
  LDAP: 'log in with an account (realm Vince) or an OIDC provider',
  SAML: 'log in with an OIDC provider, which most SAML providers can be',
}

/** Looks at the proof of the realm; refuses what does not convince. */
export async function proofOf(issuing: Issuing): Promise<Proof> {
  const realm = issuing.wanted.realm as Realm
  const prove = realms[realm]
  if (typeof prove === 'string') throw refuse(501, `This Console does not do realm ${realm}: ${prove}`)
  return prove(issuing)
}
