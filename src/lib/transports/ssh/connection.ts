import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Algorithms, Client } from 'ssh2'
import { createLogin, type Login } from './authentication.ts'
import { handshake } from './handshake.ts'
import type { HostSettings } from './host-settings.ts'
import { findIdentities } from './identities.ts'
import { ignoreOtherHostKeys, sendWholeSignature } from './library-internals.ts'
import { lineAlgorithms } from './line-algorithms.ts'
import { loadSsh2 } from './load-ssh2.ts'
import { loggedIn, type Established } from './logged-in.ts'
import type { LoginContext } from './login-context.ts'
import type { SshConnection } from './ssh-connection.ts'
import { createHostKeyJudge, type HostKeyJudge } from './verify-host-key.ts'

export interface Way {
  readonly settings: HostSettings
  /** Connects to the host's SSH port, directly, through a jump host or a command. */
  readonly dial: () => Promise<Duplex>
  readonly signal: AbortSignal
}

/** Connects, verifies the host and logs in. */
export async function login(way: Way, context: LoginContext): Promise<SshConnection> {
  const { settings, signal } = way
  const ssh2 = await loadSsh2()
  const line: { socket?: Duplex } = {}
  const address = () => (line.socket instanceof Socket ? line.socket.remoteAddress : undefined)
  const [judge, identities] = await Promise.all([
    createHostKeyJudge(settings, { reporter: context.reporter, address }),
    findIdentities(settings, { ssh2, context }),
  ])
  const algorithms = lineAlgorithms(settings, judge.algorithms)
  // Not earlier: what the host sends before the library listens would be lost, an end most of all.
  const socket = (line.socket = await way.dial())
  const client = new ssh2.Client()
  const sendWhole = (signature: Buffer) => sendWholeSignature(client, signature)
  const attempt = createLogin(settings, { ssh2, context, identities, sendWhole })
  const ready = handshake(client, { socket, judge, login: attempt, identities, settings })
  try {
    signal.throwIfAborted()
    start(client, { settings, socket, judge, attempt, algorithms })
    await Promise.race([ready, abortOf(signal)])
  } catch (error) {
    client.on('error', ignore)
    socket.destroy()
    throw error
  }
  return loggedIn(client, { settings, socket })
}

function start(
  client: Client,
  how: Established & {
    readonly judge: HostKeyJudge
    readonly attempt: Login
    readonly algorithms: Algorithms
  },
): void {
  const { settings, socket } = how
  client.connect({
    sock: socket,
    username: settings.user,
    // Our own deadline covers name lookup and jump hosts as well.
    readyTimeout: 0,
    keepaliveInterval: settings.aliveIntervalMs,
    keepaliveCountMax: settings.aliveCountMax,
    algorithms: how.algorithms,
    hostVerifier: (key: Buffer) => how.judge.accept(key),
    authHandler: (...[allowed, , next]) => how.attempt.next(allowed, next as never),
  })
  ignoreOtherHostKeys(client)
}

function abortOf(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  aborted.catch(ignore)
  return aborted
}

function ignore(): void {
  /* the first error is the one that is reported */
}
