import { parsed, problem, type Parsed } from './parsed.ts'

/** An app credential as it lies in a file. The key is the secret: wrap it before it travels further. */
export interface AppCredentialFile {
  readonly apiUrl: string
  readonly id: string
  readonly name: string
  readonly namespace: string
  /** PEM text. */
  readonly certificate: string
  /** PEM text of the private key. */
  readonly certificateKey: string
  /** PEM text, one or more certificates. */
  readonly certificateAuthority: string
}

const textFields = ['APIURL', 'ID', 'name', 'namespace'] as const
const pemFields = {
  certificate: 'CERTIFICATE',
  certificateKey: 'PRIVATE KEY',
  certificateAuthority: 'CERTIFICATE',
} as const
type PemField = keyof typeof pemFields

/** Reads the text of an app credential file. Complaints name the field, and never quote the key. */
export function parseAppCredentialFile(text: string): Parsed<AppCredentialFile> {
  const document = jsonObject(text)
  if (document === undefined) return problem('it is not a JSON object, as an app credential is')
  for (const field of [...textFields, ...Object.keys(pemFields)]) {
    if (typeof document[field] !== 'string' || document[field] === '')
      return problem(`'${field}' is missing or empty`)
  }
  const fields = document as Record<string, string>
  if (!isHttpsUrl(fields['APIURL'] ?? ''))
    return problem(`'APIURL' is '${fields['APIURL'] ?? ''}', not an https:// address`)
  const pems = {} as Record<PemField, string>
  for (const [field, label] of Object.entries(pemFields) as [PemField, string][]) {
    const pem = Buffer.from(fields[field] ?? '', 'base64').toString('utf8')
    if (!hasPemBlock(pem, label))
      return problem(`'${field}' is not the base64 of a PEM ${label.toLowerCase()}`)
    pems[field] = pem
  }
  return parsed({
    apiUrl: (fields['APIURL'] ?? '').replace(/\/+$/, ''),
    id: fields['ID'] ?? '',
    name: fields['name'] ?? '',
    namespace: fields['namespace'] ?? '',
    ...pems,
  })
}

/** The text of the file; the three PEM fields are base64 of the PEM text, as the vendor's tools expect. */
export function printAppCredentialFile(credential: AppCredentialFile): string {
  const base64 = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64')
  const document = {
    APIURL: credential.apiUrl,
    ID: credential.id,
    name: credential.name,
    namespace: credential.namespace,
    certificate: base64(credential.certificate),
    certificateKey: base64(credential.certificateKey),
    certificateAuthority: base64(credential.certificateAuthority),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function isHttpsUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

/** Keys come as `PRIVATE KEY` or `EC PRIVATE KEY`, so the label may have words before. */
function hasPemBlock(pem: string, label: string): boolean {
  return new RegExp(`-----BEGIN (?:[A-Z]+ )*${label}-----[\\s\\S]+-----END (?:[A-Z]+ )*${label}-----`).test(
    pem,
  )
}
