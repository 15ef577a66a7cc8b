import { resolve } from 'node:path'
import type { ConsoleLogin } from '../api/console-client.ts'
import type { TokenTerms } from '../api/token-terms.ts'
import { readPemPair, readPkcs12 } from '../credentials/login/client-certificate.ts'
import type { CommandContext } from './context.ts'
import { secretInput } from './secret-input.ts'

interface CertificateFlags {
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly p12?: string | undefined
  readonly 'p12-pass'?: string | undefined
  readonly terms: TokenTerms
}

/** Reads the client certificate that the flags name: two PEM files, or one of PKCS #12. */
export async function certificateLogin(
  flags: CertificateFlags,
  context: CommandContext,
): Promise<ConsoleLogin> {
  const at = (file: string): string => resolve(context.environment.workingDir, file)
  if (flags.p12 === undefined)
    return readPemPair({ certificate: at(flags.cert ?? ''), key: at(flags.key ?? '') }, flags.terms)
  const question = { text: `Passphrase of ${flags.p12}`, flag: '--p12-pass -, or set APOCTL_P12_PASS' }
  const passphrase = await secretInput(flags['p12-pass'], { question, context })
  return readPkcs12({ file: at(flags.p12), passphrase }, flags.terms)
}
