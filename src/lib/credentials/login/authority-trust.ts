import { readFile } from 'node:fs/promises'
import * as tls from 'node:tls'

/** What came of looking into one list of authorities that browsers go by. */
export interface TrustFinding {
  /** Whose list it is: `this machine`, `Firefox`. */
  readonly place: string
  /** Unknown where the list cannot be read. */
  readonly trusts: 'yes' | 'no' | 'unknown'
}

/** The place of the list that is everybody's. */
export const machine = 'this machine'

/** Where Linux distributions keep their list, the first that is there; OpenSSL's variable goes before. */
const usualLists = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

export interface MachineLists {
  readonly platform: NodeJS.Platform
  /** A file to look into instead of the usual ones. */
  readonly listFile: string | undefined
}

/**
 * Whether this machine's own list has the authority: on Linux a file, on macOS and Windows what the system
 * says, which Node reads from 22.15 on; for older ones it stays unknown.
 */
export async function machineTrust(authorityPem: string, lists: MachineLists): Promise<TrustFinding> {
  const known = lists.platform === 'linux' ? await fromFile(lists.listFile) : fromSystem()
  const wanted = essence(authorityPem)
  const trusts =
    known === undefined ? 'unknown' : known.some((text) => essence(text).includes(wanted)) ? 'yes' : 'no'
  return { place: machine, trusts }
}

async function fromFile(listFile: string | undefined): Promise<readonly string[] | undefined> {
  for (const path of listFile === undefined ? usualLists : [listFile]) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return [text]
  }
  return undefined
}

function fromSystem(): readonly string[] | undefined {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'system') => readonly string[] }
  return getCACertificates?.('system')
}

/** The base64 of a PEM text alone: lines may be broken elsewhere. */
export function essence(pem: string): string {
  return pem.replace(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '')
}
