import { access } from 'node:fs/promises'
import type { BaseAgent, ParsedKey } from 'ssh2'
import type { ApoctlError } from '../../errors/apoctl-error.ts'
import { withDeadline } from '../../async/deadline.ts'
import type { HostSettings } from './host-settings.ts'
import { readKeyFile, type KeyFile } from './key-file.ts'
import type { LoginContext } from './login-context.ts'
import type { Ssh2 } from './load-ssh2.ts'

/** A key we can log in with: in the agent, or in a file that is opened when a server wants it. */
export interface Identity {
  readonly publicKey: ParsedKey
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>
}

export interface Identities {
  /** In the order OpenSSH tries them: agent keys that are configured, other agent keys, files. */
  readonly list: readonly Identity[]
  /** Why keys that the host would have taken stayed closed; grows while logging in. */
  readonly problems: readonly ApoctlError[]
}

const agentAnswerMs = 5000

/** Finds the keys to try. Rejects only when a key that was asked for by name cannot be used. */
export async function findIdentities(
  settings: HostSettings,
  world: { readonly ssh2: Ssh2; readonly context: LoginContext },
): Promise<Identities> {
  const problems: ApoctlError[] = []
  const [held, files] = await Promise.all([agentKeys(settings.agentSocket, world), keyFiles(settings, world)])
  const inFiles = (key: ParsedKey) => files.find((file) => sameKey(file.publicKey, key))
  const configured = files.flatMap((file) => held.filter(({ publicKey }) => inFiles(publicKey) === file))
  const others = settings.identitiesOnly
    ? []
    : held.filter(({ publicKey }) => inFiles(publicKey) === undefined)
  const rest = files.filter((file) => !held.some(({ publicKey }) => sameKey(publicKey, file.publicKey)))
  const fromFiles = rest.map((file) => fileIdentity(file, { context: world.context, problems }))
  return { list: [...configured, ...others, ...fromFiles], problems }
}

function sameKey(one: ParsedKey, other: ParsedKey): boolean {
  return one.getPublicSSH().equals(other.getPublicSSH())
}

/** A key that ssh_config names and that cannot be used is left out; one that was asked for is an error. */
async function keyFiles(
  settings: HostSettings,
  world: { readonly ssh2: Ssh2; readonly context: LoginContext },
): Promise<KeyFile[]> {
  const files: KeyFile[] = []
  for (const { path, required } of settings.identityFiles) {
    if (!required && !(await exists(path))) continue
    const file = await readKeyFile(path, world.ssh2)
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

function fileIdentity(
  file: KeyFile,
  how: { readonly context: LoginContext; readonly problems: ApoctlError[] },
): Identity {
  const { context, problems } = how
  return {
    publicKey: file.publicKey,
    async sign(data, hash) {
      const opening = context.memory.openedKey(file.path, () =>
        file.open(() => context.credentials.passphrase(file.path)),
      )
      const opened = await context.whilePersonAnswers(opening)
      if (opened.type === 'locked') {
        problems.push(opened.error)
        throw opened.error
      }
      const signature: Buffer | Error = opened.key.sign(data, hash)
      if (signature instanceof Error) throw signature
      return signature
    },
  }
}

/** An agent that is gone or does not answer is as good as none; OpenSSH goes on without, too. */
async function agentKeys(
  socket: string | undefined,
  world: { readonly ssh2: Ssh2; readonly context: LoginContext },
): Promise<Identity[]> {
  if (socket === undefined || socket === '') return []
  const agent = world.ssh2.createAgent(socket)
  try {
    const keys = await withDeadline({ timeoutMs: agentAnswerMs }, (signal) => identitiesOf(agent, signal))
    return keys.map((publicKey) => ({
      publicKey,
      sign: (data, hash) => agentSign(agent, { publicKey, data, hash }),
    }))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    world.context.reporter.report({
      type: 'debug',
      subject: 'ssh-agent',
      text: `${socket} does not answer: ${reason}`,
    })
    return []
  }
}

function identitiesOf(agent: BaseAgent, signal: AbortSignal): Promise<ParsedKey[]> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    agent.getIdentities((error, keys) => {
      if (error != null) reject(error)
      // Kinds the library cannot parse (certificates, security keys) come as something else.
      else
        resolve(
          (keys ?? []).filter((key): key is ParsedKey => typeof key === 'object' && 'getPublicSSH' in key),
        )
    })
  })
}

function agentSign(
  agent: BaseAgent,
  what: { readonly publicKey: ParsedKey; readonly data: Buffer; readonly hash: string | undefined },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = what.hash === undefined ? {} : { hash: what.hash as 'sha256' }
    agent.sign(what.publicKey, what.data, options, (error, signature) => {
      if (error != null) reject(error)
      else resolve(signature as Buffer)
    })
  })
}

/** Offers one identity to the library, which knows how to try the keys of agents. */
export function asAgent(identities: readonly Identity[], ssh2: Ssh2): BaseAgent {
  class ChosenIdentities extends ssh2.BaseAgent<ParsedKey> {
    override getIdentities(answer: (error?: Error, keys?: ParsedKey[]) => void): void {
      answer(
        undefined,
        identities.map(({ publicKey }) => publicKey),
      )
    }

    override sign(...args: unknown[]): void {
      const [key, data, options] = args as [ParsedKey, Buffer, { hash?: string }]
      const answer = args.at(-1) as (error?: Error, signature?: Buffer) => void
      const identity = identities.find(({ publicKey }) => sameKey(publicKey, key))
      const signed = identity?.sign(data, options.hash) ?? Promise.reject(new Error('a key nobody offered'))
      signed.then(
        (signature) => answer(undefined, signature),
        (error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
      )
    }
  }
  return new ChosenIdentities()
}
