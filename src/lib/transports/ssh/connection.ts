import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
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
import { startCommand } from './remote-command.ts'
import type { SshConnection } from './ssh-connection.ts'
import { createHostKeyJudge, type HostKeyJudge } from './verify-host-key.ts'

export interface Way {
  readonly settings: HostSettings
  /** Connects to the host's SSH port, directly or through a jump host. */
  readonly dial: () => Promise<Duplex>
  readonly signal: AbortSignal
}

interface Established {
  readonly settings: HostSettings
  readonly socket: Duplex
}

const closeMs = 2000

export function subjectOf(settings: HostSettings): string {
  return `${settings.user}@${settings.alias}:${settings.port}`
}

/** Connects, verifies the host and logs in. */
export async function login(way: Way, context: LoginContext): Promise<SshConnection> {
  const { settings, signal } = way
  const ssh2 = await loadSsh2()
  const [judge, identities] = await Promise.all([
    createHostKeyJudge(settings, context.reporter),
    findIdentities(settings, { ssh2, context }),
  ])
  // Not earlier: what the host sends before the library listens would be lost, an end most of all.
  const socket = await way.dial()
  const client = new ssh2.Client()
  const attempt = createLogin(settings, { ssh2, context, identities })
  const ready = handshake(client, { judge, attempt, identities, settings })
  try {
    signal.throwIfAborted()
    start(client, { settings, socket, judge, attempt })
    await Promise.race([ready, abortOf(signal)])
  } catch (error) {
    client.on('error', ignore)
    socket.destroy()
    throw error
  }
  return opened(client, { settings, socket })
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
  how: Established & { readonly judge: HostKeyJudge; readonly attempt: Login },
): void {
  const { settings, socket } = how
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

function opened(client: Client, on: Established): SshConnection {
  const subject = subjectOf(on.settings)
  let breakage: unknown
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  let closing = false
  client.removeAllListeners('error')
  client.on('error', (error) => (breakage ??= error))
  return {
    subject,
    ended: gone.then(() => (closing ? undefined : lostError(breakage, subject))),
    exec: (command) => startCommand({ client, subject }, command),
    async forward(host, port) {
      try {
        return await openForward(client, { host, port })
      } catch (error) {
        throw forwardError(error, { hop: subject, to: `${host}:${port}` })
      }
    },
    close: async () => {
      closing = true
      client.end()
      await Promise.race([gone, after(closeMs)])
      on.socket.destroy()
    },
  }
}

function openForward(client: Client, to: { readonly host: string; readonly port: number }): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) => {
      if (error === undefined) resolve(stream)
      else reject(error)
    })
  })
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
