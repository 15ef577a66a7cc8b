import { access } from 'node:fs/promises'
import type { ParsedKey } from 'ssh2'
import type { ApoctlError } from '../../errors/apoctl-error.ts'
import { findCertificates, type CertifiedKey } from './certified-keys.ts'
import type { HostSettings } from './host-settings.ts'
import { agentIdentities, asParsedKey, fileIdentity, type Identity } from './identity.ts'
import { rsaBitsOf } from './key-blob.ts'
import { readKeyFile, type KeyFile } from './key-file.ts'
import type { LoginContext } from './login-context.ts'
import type { Ssh2 } from './load-ssh2.ts'
import { valueOf } from './sign-with-file.ts'

export interface Identities {
  /**
   * In the order OpenSSH tries them: certificates that are named, agent keys that are configured, other
   * agent keys, files.
   */
  readonly list: readonly Identity[]
  /** Why keys that the host might have taken were of no use; grows while logging in. */
  readonly problems: readonly ApoctlError[]
}

interface World {
  readonly ssh2: Ssh2
  readonly context: LoginContext
}

/** Finds the keys to try. Rejects only when a key that was asked for by name cannot be used. */
export async function findIdentities(settings: HostSettings, world: World): Promise<Identities> {
  const problems: ApoctlError[] = []
  const { login } = settings
  const [held, files] = await Promise.all([
    agentIdentities(login.agentSocket, world.context),
    keyFiles(settings, world),
  ])
  const opened = files.map((file) => fileIdentity(file, { context: world.context, problems }))
  const { named, beside } = await findCertificates({ settings, held, opened }, { problems })
  const configured = opened.flatMap((identity) => [identity, ...besideOf(identity, beside)])
  const isConfigured = (one: Identity): boolean => configured.some((other) => isSame(one, other))
  const list = [
    ...named,
    ...held.filter(isConfigured),
    ...(login.identitiesOnly ? [] : held.filter((one) => !isConfigured(one))),
    ...configured.filter((one) => !held.some((other) => isSame(one, other))),
  ]
  return { list: list.filter((identity) => isAllowed(identity, settings)), problems }
}

function besideOf(identity: Identity, certified: readonly CertifiedKey[]): Identity[] {
  return certified.filter(({ key }) => key === identity).map(({ certificate }) => certificate)
}

function isSame(one: Identity, other: Identity): boolean {
  return one.blob.equals(other.blob)
}

/** PubkeyAcceptedAlgorithms and RequiredRSASize leave keys out. */
function isAllowed(identity: Identity, { login }: HostSettings): boolean {
  const bits = rsaBitsOf(identity.blob)
  if (bits !== undefined && bits < login.minRsaBits) return false
  return algorithmsFor(identity.type).some((algorithm) => login.keyAlgorithms.includes(algorithm))
}

function algorithmsFor(type: string): string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-256', 'rsa-sha2-512', 'ssh-rsa'] : [type]
}

/** A key that ssh_config names and that cannot be used is left out; one that was asked for is an error. */
async function keyFiles(settings: HostSettings, world: World): Promise<KeyFile[]> {
  const files: KeyFile[] = []
  for (const { path, required } of settings.login.identityFiles) {
    // The private part may be in the agent alone, and the public one beside where it would be.
    const found = [path, `${path}.pub`].map(async (name) => ((await exists(name)) ? name : undefined))
    const [name = required ? path : undefined] = (await Promise.all(found)).filter((one) => one !== undefined)
    if (name === undefined) continue
    const file = await readKeyFile(name, world.ssh2)
    if (!(file instanceof Error)) files.push(file)
    else if (required) throw file
    else world.context.reporter.report({ type: 'warning', subject: settings.alias, text: file.message })
  }
  return files
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Offers identities to the library, which knows how to try the keys of agents. */
export function asAgent(
  identities: readonly Identity[],
  how: {
    readonly ssh2: Ssh2
    /** Puts a whole signature into the next request, where the library would write a wrong one. */
    readonly sendWhole: (signature: Buffer) => void
  },
): InstanceType<Ssh2['BaseAgent']> {
  const { ssh2, sendWhole } = how
  class ChosenIdentities extends ssh2.BaseAgent<ParsedKey> {
    override getIdentities(answer: (error?: Error, keys?: ParsedKey[]) => void): void {
      answer(
        undefined,
        identities.map((identity) => asParsedKey(identity, ssh2)),
      )
    }

    override sign(...args: unknown[]): void {
      const [key, data, options] = args as [ParsedKey, Buffer, { hash?: string }]
      const answer = args.at(-1) as (error?: Error, signature?: Buffer) => void
      const identity = identities.find(({ blob }) => blob.equals(key.getPublicSSH()))
      const signed = identity?.sign(data, options.hash) ?? Promise.reject(new Error('a key nobody offered'))
      signed.then(
        (signature) => {
          if (identity?.isCertificate === true) sendWhole(signature)
          answer(undefined, valueOf(signature))
        },
        (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
      )
    }
  }
  return new ChosenIdentities()
}
