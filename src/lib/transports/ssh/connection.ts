import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { createLogin, type Login } from './authentication.ts'
import {
  connectError,
  forwardError,
  isAboutOneKey,
  isLoginRefusal,
  lostError,
  refusedLogin,
} from './errors.ts'
import type { HostSettings } from './host-settings.ts'
import { findIdentities, type Identities } from './identities.ts'
import { loadSsh2 } from './load-ssh2.ts'
import type { LoginContext } from './login-context.ts'
import type { SshConnection } from './ssh-connection.ts'
import { createHostKeyJudge, type HostKeyJudge } from './verify-host-key.ts'

export interface Way {
  readonly settings: HostSettings
  /** Connected to the host's SSH port, directly or through a jump host. */
  readonly socket: Duplex
  readonly signal: AbortSignal
}

const closeMs = 2000

export function subjectOf(settings: HostSettings): string {
  return `${settings.user}@${settings.alias}:${settings.port}`
}

/** Verifies the host and logs in. The socket is destroyed when this rejects. */
export async function login(way: Way, context: LoginContext): Promise<SshConnection> {
  const { settings, signal } = way
  const ssh2 = await loadSsh2()
  const [judge, identities] = await Promise.all([
    createHostKeyJudge(settings, context.reporter),
    findIdentities(settings, { ssh2, context }),
  ])
  const client = new ssh2.Client()
  const attempt = createLogin(settings, { ssh2, context, identities })
  const ready = handshake(client, { judge, attempt, identities, settings })
  try {
    signal.throwIfAborted()
    start(client, { way, judge, attempt })
    await Promise.race([ready, abortOf(signal)])
  } catch (error) {
    client.on('error', ignore)
    way.socket.destroy()
    throw error
  }
  return opened(client, way)
}

interface Attempt {
  readonly judge: HostKeyJudge
  readonly attempt: Login
  readonly identities: Identities
  readonly settings: HostSettings
}

/** Resolves after the login, when a new host key is written down, too. */
function handshake(client: Client, on: Attempt): Promise<void> {
  const subject = subjectOf(on.settings)
  let remembered: Promise<void> = Promise.resolve()
  const done = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => reject(on.judge.refusal() ?? translate(error, on))
    client.once('handshake', () => {
      // Only now has the server proved that the key it showed is its own.
      remembered = on.judge.remember()
      remembered.catch(reject)
    })
    client.once('ready', () => void remembered.then(resolve, reject))
    client.on('error', (error) => {
      if (!isAboutOneKey(error)) fail(error)
    })
    client.once('close', () => fail(new Error(`${subject} closed the connection`)))
  })
  done.catch(ignore)
  return done
}

function translate(error: unknown, on: Attempt): Error {
  const subject = subjectOf(on.settings)
  if (!isLoginRefusal(error)) return connectError(error, subject)
  const { tried } = on.attempt
  return refusedLogin(error, {
    subject,
    tried,
    keyCount: on.identities.list.length,
    problem: on.identities.problems[0],
  })
}

function start(
  client: Client,
  how: { readonly way: Way; readonly judge: HostKeyJudge; readonly attempt: Login },
): void {
  const { settings, socket } = how.way
  client.connect({
    sock: socket,
    username: settings.user,
    // Our own deadline covers name lookup and jump hosts as well.
    readyTimeout: 0,
    keepaliveInterval: settings.aliveIntervalMs,
    keepaliveCountMax: settings.aliveCountMax,
    algorithms: { serverHostKey: how.judge.algorithms },
    hostVerifier: (key: Buffer) => how.judge.accept(key),
    authHandler: (...[allowed, , next]) => how.attempt.next(allowed, next as never),
  })
}

function opened(client: Client, way: Way): SshConnection {
  const subject = subjectOf(way.settings)
  let breakage: unknown
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  let closing = false
  client.removeAllListeners('error')
  client.on('error', (error) => (breakage ??= error))
  return {
    subject,
    ended: gone.then(() => (closing ? undefined : lostError(breakage, subject))),
    exec: (command) => new Promise((resolve, reject) => client.exec(command, answer({ resolve, reject }))),
    signal(channel, name) {
      signalChannel({ client, channel, name })
    },
    async forward(host, port) {
      try {
        return await new Promise((resolve, reject) =>
          client.forwardOut('127.0.0.1', 0, host, port, answer({ resolve, reject })),
        )
      } catch (error) {
        throw forwardError(error, { hop: subject, to: `${host}:${port}` })
      }
    },
    close: async () => {
      closing = true
      client.end()
      await Promise.race([gone, after(closeMs)])
      way.socket.destroy()
    },
  }
}

/**
 * `channel.signal()` refuses to once stdin has ended, which the protocol does not ask for; most
 * commands have read all their input when somebody presses Ctrl-C.
 */
function signalChannel(what: {
  readonly client: Client
  readonly channel: ClientChannel
  readonly name: string
}): void {
  const inside = what.client as unknown as { _protocol?: { signal(id: number, name: string): void } }
  const { outgoing } = what.channel as unknown as { outgoing?: { id: number; state: string } }
  if (outgoing === undefined || !['open', 'eof'].includes(outgoing.state)) return
  inside._protocol?.signal(outgoing.id, what.name)
}

function answer<Value>(promise: {
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}): (error: Error | undefined, value: Value) => void {
  return (error, value) => {
    if (error === undefined) promise.resolve(value)
    else promise.reject(error)
  }
}

function abortOf(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  aborted.catch(ignore)
  return aborted
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

function ignore(): void {
  /* the first error is the one that is reported */
}
