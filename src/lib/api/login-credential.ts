import { printAppCredentialFile, type AppCredentialFile } from '../../contract/app-credential-file.ts'
import { Secret } from '../secrets/secret.ts'

/** An app credential, ready to log in with: who we are towards the Console, and how to prove it. */
export interface LoginCredential {
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
export function toLoginCredential(file: AppCredentialFile): LoginCredential {
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

/** The text of the credential file that this credential would be read from. */
export function printLoginCredential(credential: LoginCredential): Secret {
  return new Secret(
    printAppCredentialFile({
      apiUrl: credential.api,
      id: credential.id,
      name: credential.name,
      namespace: credential.namespace,
      certificate: credential.certificatePem,
      certificateKey: credential.privateKeyPem.reveal(),
      certificateAuthority: credential.authorityPem,
    }),
  )
}
