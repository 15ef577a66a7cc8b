import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import type { AppCredentialFile } from '../../../src/contract/app-credential-file.ts'
import {
  callConsole,
  issueTestToken,
  makeTestCredential,
  startTestConsole,
  type RawAnswer,
  type RawRequest,
  type TestConsole,
  type TestConsoleOptions,
} from '../../helpers/console.ts'

/**
 * A Console with somebody in namespace `/mine` who means no good, and a neighbour in `/other` whose objects
 * all carry a canary. Every byte that is answered to the attacker is kept.
 */
export interface Besieged {
  readonly console: TestConsole
  readonly admin: string
  readonly attacker: { readonly credential: AppCredentialFile; readonly token: string }
  /** An enforcer, a namespace and an app credential of the neighbour. */
  readonly prey: { readonly enforcer: string; readonly namespace: string; readonly credential: string }
  /** An enforcer of the attacker's own. */
  readonly own: string
  /** Asks as the attacker, in `/mine`, unless the request says otherwise. */
  attack(asked: RawRequest): Promise<RawAnswer>
  /** Says anything at all over TLS, and gives back what comes until the other side ends. */
  say(text: string | Buffer): Promise<string>
  connect(): Promise<TLSSocket>
  /** Remembers something else that the attacker got to see. */
  saw(bytes: Buffer | string): void
  /** What went wrong altogether: answers with the canary, failures of the Console. */
  damage(): readonly string[]
  close(): Promise<void>
}

export async function besiege(options: TestConsoleOptions = {}): Promise<Besieged> {
  const console = await startTestConsole(options)
  const admin = await issueTestToken(console, { credential: console.adminCredential })
  const canary = `canary-${randomUUID()}`
  const make = async (path: string, namespace: string, body: object): Promise<string> => {
    const answer = await callConsole(console, { method: 'POST', path, token: admin, namespace, body })
    if (answer.status !== 200) throw new Error(answer.bytes.toString('utf8'))
    return (answer.body as { ID: string }).ID
  }
  await make('/namespaces', '/', { name: 'mine' })
  await make('/namespaces', '/', { name: 'other', description: canary })
  const secret = {
    description: canary,
    associatedTags: [`secret=${canary}`],
    annotations: { note: [canary] },
  }
  const prey = {
    enforcer: await make('/enforcers', '/other', {
      ...secret,
      name: canary,
      FQDN: canary,
      machineID: canary,
    }),
    namespace: await make('/namespaces', '/other', { ...secret, name: canary }),
    credential: await make('/appcredentials', '/other', {
      ...secret,
      name: canary,
      roles: ['@auth:role=namespace.viewer'],
    }),
  }
  const credential = await makeTestCredential(console, {
    token: admin,
    namespace: '/mine',
    roles: ['@auth:role=namespace.administrator'],
  })
  const token = await issueTestToken(console, { credential })
  const own = await make('/enforcers', '/mine', { name: 'own', FQDN: 'own' })
  const seen: string[] = []
  const saw = (bytes: Buffer | string): void => void seen.push(bytes.toString('utf8'))
  const open = async (): Promise<TLSSocket> => {
    const { hostname, port } = new URL(console.url)
    const socket = connect({ host: hostname, port: Number(port), ca: console.caPem })
    await once(socket, 'secureConnect')
    socket.on('error', () => undefined)
    return socket
  }
  return {
    console,
    admin,
    attacker: { credential, token },
    prey,
    own,
    saw,
    connect: open,
    attack: async (asked) => {
      const answer = await callConsole(console, { token, namespace: '/mine', ...asked })
      saw(JSON.stringify(answer.headers))
      saw(answer.bytes)
      return answer
    },
    say: async (text) => {
      const socket = await open()
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      const closed = once(socket, 'close')
      socket.write(text)
      await closed
      saw(Buffer.concat(chunks))
      return Buffer.concat(chunks).toString('utf8')
    },
    damage: () => [
      ...seen.filter((text) => text.includes(canary)),
      ...console.notes.filter(({ type }) => type === 'request-failed').map((note) => JSON.stringify(note)),
    ],
    close: () => console.close(),
  }
}
