import type { ParsedKey } from 'ssh2'
import type { ApoctlError } from '../../errors/apoctl-error.ts'
import { parseCertificate } from './certificate.ts'
import { typeOfKey } from './key-blob.ts'
import type { KeyFile } from './key-file.ts'
import type { Ssh2 } from './load-ssh2.ts'
import type { LoginContext } from './login-context.ts'
import { signWithFile, type RsaHash } from './sign-with-file.ts'
import { agentRsaFlags, openAgent, type SshAgent } from './ssh-agent.ts'

/** A key we can log in with: in the agent, or in a file that is opened when a server wants it. */
export interface Identity {
  /** The key, or the certificate, in wire form. */
  readonly blob: Buffer
  /** What the server is asked to accept it as: its type, for RSA certificates with the hash to sign with. */
  readonly type: string
  readonly isCertificate: boolean
  /** The file that it comes from; none for those that only the agent has. */
  readonly path?: string
  /** Signs with the hash that is asked for, which RSA keys alone have a choice of. Gives a whole signature. */
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>
}

const keyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]

function rsaHashOf(hash: string | undefined): RsaHash {
  return hash === 'sha256' || hash === 'sha512' ? hash : 'sha1'
}

/** The algorithm to use an RSA certificate with, and its hash. */
export const rsaCertificateType = 'rsa-sha2-512-cert-v01@openssh.com'
export const rsaCertificateHash = 'sha512'

/** The name under which a certificate is shown to a server. */
export function shownTypeOf(certificateType: string): string {
  return certificateType.startsWith('ssh-rsa-cert-') ? rsaCertificateType : certificateType
}

export function fileIdentity(
  file: KeyFile,
  how: { readonly context: LoginContext; readonly problems: ApoctlError[] },
): Identity {
  const { context, problems } = how
  return {
    blob: file.publicKey.getPublicSSH(),
    type: file.publicKey.type,
    isCertificate: false,
    path: file.path,
    async sign(data, hash) {
      const opening = context.memory.openedKey(file.path, () =>
        file.open(() => context.credentials.passphrase(file.path)),
      )
      const opened = await context.whilePersonAnswers(opening)
      if (opened.type === 'locked') {
        problems.push(opened.error)
        throw opened.error
      }
      return signWithFile(opened.key, { data, rsaHash: rsaHashOf(hash) })
    },
  }
}

/** What the agent holds. One that is gone or does not answer is as good as none; OpenSSH goes on, too. */
export async function agentIdentities(
  socket: string | undefined,
  context: LoginContext,
): Promise<Identity[]> {
  if (socket === undefined || socket === '') return []
  const agent = openAgent(socket)
  try {
    const keys = await agent.keys()
    return keys.flatMap((blob) => agentIdentity(blob, agent) ?? [])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `${socket} does not answer: ${reason}`
    context.reporter.report({ type: 'debug', subject: 'ssh-agent', text })
    return []
  }
}

/** Kinds that we cannot use, such as keys that a finger has to touch, are left out. */
function agentIdentity(blob: Buffer, agent: SshAgent): Identity | undefined {
  const type = typeOfKey(blob)
  const isCertificate = parseCertificate(blob, 'the agent') !== undefined
  if (!isCertificate && !keyTypes.includes(type)) return undefined
  return {
    blob,
    type: shownTypeOf(type),
    isCertificate,
    sign: (data, hash) => {
      const rsaHash = isCertificate ? rsaCertificateHash : rsaHashOf(hash)
      const flags = type.startsWith('ssh-rsa') && rsaHash !== 'sha1' ? agentRsaFlags[rsaHash] : 0
      return agent.sign({ key: blob, data, flags })
    },
  }
}

/** Any key: what the library made of it lends its kind to the ones we show in its place. */
const anyKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** An identity in the form that the library shows to servers. */
export function asParsedKey(identity: Identity, ssh2: Ssh2): ParsedKey {
  const key: ParsedKey | Error = ssh2.utils.parseKey(anyKey)
  if (key instanceof Error) throw key
  return Object.create(key, {
    type: { value: identity.type },
    getPublicSSH: { value: () => identity.blob },
  }) as ParsedKey
}
