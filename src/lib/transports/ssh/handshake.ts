import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import type { Login } from './authentication.ts'
import { connectError, isAboutOneKey, isLoginRefusal, refusedLogin, turnedAway } from './errors.ts'
import type { HostSettings } from './host-settings.ts'
import type { Identities } from './identities.ts'
import { subjectOf } from './subject.ts'
import type { HostKeyJudge } from './verify-host-key.ts'

/** One attempt to log in, from the first byte of the server on. */
export interface Attempt {
  readonly socket: Duplex
  readonly judge: HostKeyJudge
  readonly login: Login
  readonly identities: Identities
  readonly settings: HostSettings
}

/** Resolves after the login, when a new host key is written down, too. Call it before anything is sent. */
export function handshake(client: Client, on: Attempt): Promise<void> {
  const subject = subjectOf(on.settings)
  const greeting = listenForGreeting(on.socket)
  let remembered: Promise<void> = Promise.resolve()
  const done = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      // The library says that the connection was lost; the stream knows why.
      const cause = on.socket.errored ?? error
      reject(on.judge.refusal() ?? translate(cause, { ...on, greeting: greeting() }))
    }
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

/** What a server says before it says that it speaks SSH, which is how busy ones say that they are. */
interface Greeting {
  readonly text: string
  readonly isSsh: boolean
}

const longestGreeting = 1024

function listenForGreeting(socket: Duplex): () => Greeting {
  let heard = ''
  const listen = (chunk: Buffer): void => {
    heard = (heard + chunk.toString('latin1')).slice(0, longestGreeting)
    if (isSsh(heard) || heard.length === longestGreeting) socket.off('data', listen)
  }
  // The library reads at its own time; listening alone must not start the flow.
  socket.pause()
  socket.on('data', listen)
  return () => ({ text: heard.trim(), isSsh: isSsh(heard) })
}

function isSsh(heard: string): boolean {
  return /^SSH-/m.test(heard)
}

function translate(error: unknown, on: Attempt & { readonly greeting: Greeting }): Error {
  const subject = subjectOf(on.settings)
  const { isSsh: spoke, text } = on.greeting
  // A proxy command that ends has its own reasons, and may not be run twice.
  if (!spoke) return turnedAway(error, { subject, said: text }) ?? connectError(error, subject)
  if (!isLoginRefusal(error)) return connectError(error, subject)
  return refusedLogin(error, {
    subject,
    tried: on.login.tried,
    keyCount: on.identities.list.length,
    problem: on.identities.problems[0],
  })
}

function ignore(): void {
  /* the first error is the one that is reported */
}
