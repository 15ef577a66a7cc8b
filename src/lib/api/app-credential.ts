import type { AppCredentialFile } from '../../contract/app-credential-file.ts'
import { Secret } from '../secrets/secret.ts'

/** An app credential, ready to log in with: who we are towards the Console, and how to prove it. */
export interface AppCredential {
  readonly api: string
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly certificatePem: string
  readonly privateKeyPem: Secret
  /** The authority of the Console, trusted beside the public ones. */
  readonly authorityPem: string
}

/** Takes the content of a credential file over, its key out of sight. */
export function toAppCredential(file: AppCredentialFile): AppCredential {
  return {
    api: file.apiUrl,
    id: file.id,
    name: file.name,
    namespace: file.namespace,
    certificatePem: file.certificate,
    privateKeyPem: new Secret(file.certificateKey),
    authorityPem: file.certificateAuthority,
  }
}
