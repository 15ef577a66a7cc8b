import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\sA-Za-z0-9+/=:,-]*?-----END \1-----/g

/** A PEM file, or nothing. */
export function pemProblem(_attribute: string, value: unknown): string | undefined {
  const text = String(value)
  if (text === '') return undefined
  const { blocks, rest } = blocksOf(text)
  return blocks.length === 0 || rest !== '' ? `Unable to decode PEM number ${blocks.length}` : undefined
}

/** The certificate of an authority as PEM, or nothing. */
export function authorityProblem(_attribute: string, value: unknown): string | undefined {
  const text = String(value)
  if (text === '') return undefined
  const { blocks, rest } = blocksOf(text)
  const last = blocks.at(-1)
  if (last === undefined || rest !== '') return 'Unable to decode PEM'
  const certificate = certificateOf(last)
  if (certificate === undefined) return 'Unable to parse x509 certificate'
  return certificate.ca ? undefined : 'Given x509 certificate is not a CA'
}

/** Each entry is one or more certificates as PEM. */
export function certificatesProblem(_attribute: string, value: unknown): string | undefined {
  for (const [index, text] of (value as readonly string[]).entries()) {
    const { blocks, rest } = blocksOf(text)
    const good = blocks.length > 0 && rest === '' && blocks.every((one) => certificateOf(one) !== undefined)
    if (!good) return `The CA ${index} is not a valid CA`
  }
  return undefined
}

function blocksOf(text: string): { readonly blocks: readonly string[]; readonly rest: string } {
  return { blocks: text.match(block) ?? [], rest: text.replace(block, '').trim() }
}

function certificateOf(pem: string): X509Certificate | undefined {
  if (!pem.startsWith('-----BEGIN CERTIFICATE-----')) return undefined
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
