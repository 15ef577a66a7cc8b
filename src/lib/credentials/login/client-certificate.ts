import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { ConsoleLogin } from '../../api/console-client.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'

type CertificateLogin = Extract<ConsoleLogin, { readonly kind: 'certificate' }>

/** Reads a certificate and its key, PEM files both. Throws APO-INPUT-FILE when they are none, or no pair. */
export async function readPemPair(
  files: { readonly certificate: string; readonly key: string },
  terms: TokenTerms,
): Promise<CertificateLogin> {
  const certificatePem = (await readProof(files.certificate)).toString('utf8')
  const keyPem = (await readProof(files.key)).toString('utf8')
  check({ cert: certificatePem, key: keyPem }, `${files.certificate} and ${files.key}`)
  return { kind: 'certificate', certificate: { certificatePem, privateKeyPem: new Secret(keyPem) }, terms }
}

/** Reads a PKCS #12 file. Throws APO-INPUT-FILE when it is none, or its passphrase another. */
export async function readPkcs12(
  source: { readonly file: string; readonly passphrase: Secret },
  terms: TokenTerms,
): Promise<CertificateLogin> {
  const { file, passphrase } = source
  const pkcs12 = await readProof(file)
  check({ pfx: pkcs12, passphrase: passphrase.reveal() }, file)
  return { kind: 'certificate', certificate: { pkcs12, passphrase }, terms }
}

/** Has TLS itself look at it, now and not in the middle of a handshake. */
function check(material: Parameters<typeof createSecureContext>[0], what: string): void {
  try {
    createSecureContext(material)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:[0-9A-F]+:/, '') : String(error)
    throw new ApoctlError(['APO-INPUT-FILE', `${what} cannot be used: ${meaningOf(reason)}`], {
      cause: error,
    })
  }
}

/** OpenSSL's words for what people do wrong, in theirs. */
function meaningOf(reason: string): string {
  if (/mac verify failure/.test(reason)) return 'the passphrase is another one'
  if (/key values mismatch/.test(reason)) return 'the key is not that of the certificate'
  if (/unsupported/i.test(reason)) return `it is encrypted in a way that is not taken any more (${reason})`
  return reason
}

async function readProof(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new ApoctlError(['APO-INPUT-FILE', `${file} cannot be read`], { cause: error })
  })
}
