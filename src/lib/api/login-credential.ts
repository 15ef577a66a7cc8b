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

/** A private key that is kept elsewhere, and fetched when a token is needed, which is once in hours. */
export interface KeptKey {
  /** What tells it from every other key, and is no secret. */
  readonly id: string
  /** Where it is, as people know it: `the keyring (Secret Service)`. */
  readonly place: string
  /** Throws ApoctlError when it cannot be had. */
  read(): Promise<Secret>
}

/** An app credential to log in with, wherever its key is. */
export interface KeptCredential extends Omit<LoginCredential, 'privateKeyPem'> {
  readonly privateKeyPem: Secret | KeptKey
}

/** Takes the content of a credential file over, its key out of sight. */
export function toLoginCredential(file: AppCredentialFile): LoginCredential {
  return { ...toPublicCredential(file), privateKeyPem: new Secret(file.certificateKey) }
}

/** The same without the key, which is elsewhere. */
export function toPublicCredential(
  file: Omit<AppCredentialFile, 'certificateKey'>,
): Omit<LoginCredential, 'privateKeyPem'> {
  return {
    api: file.apiUrl,
    id: file.id,
    name: file.name,
    namespace: file.namespace,
    certificatePem: file.certificate,
    authorityPem: file.certificateAuthority,
  }
}

/** The text of the credential file that this credential would be read from. */
export function printLoginCredential(credential: LoginCredential): Secret {
  const certificateKey = credential.privateKeyPem.reveal()
  return new Secret(printAppCredentialFile({ ...toFile(credential), certificateKey }))
}

/** The same for one whose key the keyring has, under this name. */
export function printKeyringCredential(credential: LoginCredential, keyringAccount: string): Secret {
  return new Secret(printAppCredentialFile({ ...toFile(credential), keyringAccount }))
}

function toFile(credential: LoginCredential): Omit<AppCredentialFile, 'certificateKey'> {
  return {
    apiUrl: credential.api,
    id: credential.id,
    name: credential.name,
    namespace: credential.namespace,
    certificate: credential.certificatePem,
    certificateAuthority: credential.authorityPem,
  }
}
