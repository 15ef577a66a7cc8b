import { printLoginCredential, type LoginCredential } from '../../api/login-credential.ts'
import { Secret } from '../../secrets/secret.ts'

/**
 * How an app credential is handed over: `json` is the credential file itself, `k8s` a Secret that holds
 * it, `cert` the certificate and its key as two PEM files.
 */
export type CredentialForm = 'json' | 'k8s' | 'cert'

/** The key by which programs look for the credential in a Secret; enforcers in clusters know it so. */
const keyInSecret = 'aporeto.creds'

/** A credential as one text, for the forms that are one. Ends with a newline. */
export async function printCredential(
  credential: LoginCredential,
  form: Exclude<CredentialForm, 'cert'>,
): Promise<Secret> {
  const file = printLoginCredential(credential)
  if (form === 'json') return file
  const { stringify } = await import('yaml')
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: kubernetesName(credential.name) },
    type: 'Opaque',
    data: { [keyInSecret]: Buffer.from(file.reveal()).toString('base64') },
  }
  return new Secret(stringify(manifest, { lineWidth: 0 }))
}

/** The name as one of Kubernetes, RFC 1123: lower case, digits, - and dots. */
export function kubernetesName(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-')
  const trimmed = plain.slice(0, 253).replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return trimmed === '' ? 'appcred' : trimmed
}

/** The names of the files of form `cert`; what could lead to another folder is not in them. */
export function certificateFileNames(name: string): { readonly certificate: string; readonly key: string } {
  const plain = name.replace(/[^\w.@+-]+/g, '-').replace(/^\.+/, '')
  const base = plain === '' ? 'appcred' : plain
  return { certificate: `${base}-cert.pem`, key: `${base}-key.pem` }
}
