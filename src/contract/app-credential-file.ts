import { isKeyringAccount } from './keyring-account.ts'
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

/** The same without its key, which is in the keyring of whoever made it; nobody else can do anything with it. */
export interface KeyringCredentialFile extends Omit<AppCredentialFile, 'certificateKey'> {
  /** Under which name the keyring has the key. */
  readonly keyringAccount: string
}

const textFields = ['APIURL', 'ID', 'name', 'namespace'] as const
const pemFields = {
  certificate: 'CERTIFICATE',
  certificateKey: 'PRIVATE KEY',
  certificateAuthority: 'CERTIFICATE',
} as const
type PemField = keyof typeof pemFields
type Fields = Readonly<Record<(typeof textFields)[number] | PemField, string>>

/** Reads the text of an app credential file that has its key in it, as all programs but apoctl need it. */
export function parseAppCredentialFile(text: string): Parsed<AppCredentialFile> {
  const read = parseAnyCredentialFile(text)
  if (!read.ok) return read
  if ('certificateKey' in read.value) return parsed(read.value)
  return problem('its private key is in the keyring of whoever made it, where only apoctl looks for it')
}

/** Reads either kind of app credential file. Complaints name line and field, and never quote the key. */
export function parseAnyCredentialFile(text: string): Parsed<AppCredentialFile | KeyringCredentialFile> {
  const read = readFile(text)
  if (read.ok) return read
  const field = /^'(\w+)'/.exec(read.problem)?.[1]
  const line = field === undefined ? undefined : lineOf(text, text.indexOf(`"${field}"`))
  return line === undefined ? read : problem(`line ${line}: ${read.problem}`)
}

function readFile(text: string): Parsed<AppCredentialFile | KeyringCredentialFile> {
  const document = jsonObject(text)
  if (!document.ok) return document
  const account = readAccount(document.value)
  if (!account.ok) return account
  const keyringAccount = account.value
  const pemNames = (Object.keys(pemFields) as PemField[]).filter(
    (name) => keyringAccount === undefined || name !== 'certificateKey',
  )
  const fields = readFields(document.value, [...textFields, ...pemNames])
  if (!fields.ok) return fields
  const { APIURL, ID, name, namespace } = fields.value
  if (!isHttpsUrl(APIURL)) return problem(`'APIURL' is '${APIURL}', not an https:// address`)
  const where = parseNamespaceName(namespace)
  if (!where.ok) return problem(`'namespace': ${where.problem}`)
  const pems = readPems(fields.value, pemNames)
  if (!pems.ok) return pems
  const { certificateKey, ...certificates } = pems.value
  const rest = { apiUrl: APIURL.replace(/\/+$/, ''), id: ID, name, namespace, ...certificates }
  return parsed(keyringAccount === undefined ? { ...rest, certificateKey } : { ...rest, keyringAccount })
}

/** Under which name the keyring has the key; undefined when the file itself has it. */
function readAccount(value: Readonly<Record<string, unknown>>): Parsed<string | undefined> {
  const { keyringAccount } = value
  if (keyringAccount === undefined) return parsed(undefined)
  if ('certificateKey' in value)
    return problem("'keyringAccount' and 'certificateKey' are both there, and one says where the key is")
  if (typeof keyringAccount === 'string' && isKeyringAccount(keyringAccount)) return parsed(keyringAccount)
  return problem("'keyringAccount' is not the name of anything in a keyring")
}

/** Which of the fields are there is checked; the rest are not looked at. */
function readFields(
  value: Readonly<Record<string, unknown>>,
  names: readonly (keyof Fields)[],
): Parsed<Fields> {
  for (const field of names) {
    if (typeof value[field] !== 'string' || value[field] === '')
      return problem(`'${field}' is missing or empty`)
  }
  return parsed(value as Fields)
}

/** Those that are not asked for stay empty. */
function readPems(base64: Fields, names: readonly PemField[]): Parsed<Record<PemField, string>> {
  const pems = { certificate: '', certificateKey: '', certificateAuthority: '' }
  for (const field of names) {
    const label = pemFields[field]
    pems[field] = Buffer.from(base64[field], 'base64').toString('utf8')
    if (!hasPemBlock(pems[field], label)) {
      return problem(`'${field}' is not the base64 of a PEM ${label.toLowerCase()}`)
    }
  }
  return parsed(pems)
}

/** The text of the file; the PEM fields are base64 of the PEM text, as the vendor's tools expect. */
export function printAppCredentialFile(credential: AppCredentialFile | KeyringCredentialFile): string {
  const base64 = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64')
  const document = {
    APIURL: credential.apiUrl,
    ID: credential.id,
    name: credential.name,
    namespace: credential.namespace,
    certificate: base64(credential.certificate),
    ...('certificateKey' in credential
      ? { certificateKey: base64(credential.certificateKey) }
      : { keyringAccount: credential.keyringAccount }),
    certificateAuthority: base64(credential.certificateAuthority),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function jsonObject(text: string): Parsed<Record<string, unknown>> {
  const complaint = 'it is not a JSON object, as an app credential is'
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? parsed(value as Record<string, unknown>)
      : problem(complaint)
  } catch (error) {
    const line = lineOf(text, whereJsonBreaks(text, error))
    return problem(line === undefined ? complaint : `line ${line}: ${complaint}`)
  }
}

/** The only thing that is taken from the engine's message: the rest of it quotes the text, key and all. */
function whereJsonBreaks(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  return /end of JSON/.test(message) ? text.trimEnd().length : -1
}

/** The line of a position, counted from 1; none when there is no such position. */
function lineOf(text: string, position: number): number | undefined {
  return position < 0 ? undefined : text.slice(0, position).split('\n').length
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
