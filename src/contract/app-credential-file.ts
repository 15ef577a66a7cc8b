import { parseNamespaceName } from './namespace-name.ts'
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
  const fields = readFields(text)
  if (!fields.ok) return fields
  const { APIURL, ID, name, namespace, ...base64 } = fields.value
  if (!isHttpsUrl(APIURL)) return problem(`'APIURL' is '${APIURL}', not an https:// address`)
  const where = parseNamespaceName(namespace)
  if (!where.ok) return problem(`'namespace': ${where.problem}`)
  const pems = readPems(base64)
  if (!pems.ok) return pems
  return parsed({ apiUrl: APIURL.replace(/\/+$/, ''), id: ID, name, namespace, ...pems.value })
}

function readFields(text: string): Parsed<Record<(typeof textFields)[number] | PemField, string>> {
  const document = jsonObject(text)
  if (document === undefined) return problem('it is not a JSON object, as an app credential is')
  for (const field of [...textFields, ...Object.keys(pemFields)]) {
    if (typeof document[field] !== 'string' || document[field] === '')
      return problem(`'${field}' is missing or empty`)
  }
  return parsed(document as Record<(typeof textFields)[number] | PemField, string>)
}

function readPems(base64: Readonly<Record<PemField, string>>): Parsed<Record<PemField, string>> {
  const pems = { certificate: '', certificateKey: '', certificateAuthority: '' }
  for (const [field, label] of Object.entries(pemFields) as [PemField, string][]) {
    pems[field] = Buffer.from(base64[field], 'base64').toString('utf8')
    if (!hasPemBlock(pems[field], label)) {
      return problem(`'${field}' is not the base64 of a PEM ${label.toLowerCase()}`)
    }
  }
  return parsed(pems)
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
