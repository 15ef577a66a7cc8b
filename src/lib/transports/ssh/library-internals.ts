import type { Client, ClientChannel } from 'ssh2'
import { wireString } from './key-blob.ts'

/**
 * The few places where we reach into the library, for what it cannot be asked to do. They hold for the
 * version that package.json pins; tests against real servers notice when they no longer do.
 */

interface Inside {
  readonly _protocol?: {
    readonly _handlers: { GLOBAL_REQUEST?: GlobalRequestHandler }
    signal(id: number, name: string): void
    readonly _packetRW: { readonly write: PacketWriter }
  }
}

type GlobalRequestHandler = (...request: unknown[]) => void

interface PacketWriter {
  readonly allocStart: number
  alloc(size: number): Buffer
  finalize(packet: Buffer): Buffer
}

const inside = (client: Client): Inside => client as unknown as Inside

/**
 * `channel.signal()` refuses to once stdin has ended, which the protocol does not ask for; most
 * commands have read all their input when somebody presses Ctrl-C. sshd passes signals on for every
 * account but root, for whom it keeps no monitor.
 */
export function signalTerm(client: Client, channel: ClientChannel): void {
  const { outgoing } = channel as unknown as { outgoing?: { id: number; state: string } }
  if (outgoing === undefined || !['open', 'eof'].includes(outgoing.state)) return
  inside(client)._protocol?.signal(outgoing.id, 'TERM')
}

/**
 * Has the server keep to itself what other keys it has. The library would have it sign with each of them, on
 * every login, for an event that nobody listens to.
 */
export function ignoreOtherHostKeys(client: Client): void {
  const handlers = inside(client)._protocol?._handlers
  const handle = handlers?.GLOBAL_REQUEST
  if (handlers === undefined || handle === undefined) return
  handlers.GLOBAL_REQUEST = (...request) => {
    // After the protocol comes the name.
    if (request[1] !== 'hostkeys-00@openssh.com') handle(...request)
  }
}

/**
 * Has the next packet carry a signature as it is. The library would put the name of the certificate's
 * type in front of it, where the name of the signature's algorithm belongs.
 */
export function sendWholeSignature(client: Client, signature: Buffer): void {
  const write = inside(client)._protocol?._packetRW.write
  if (write === undefined) return
  const finalize = write.finalize.bind(write)
  const own = write as { finalize?: PacketWriter['finalize'] }
  own.finalize = (packet) => {
    // Off again: the method of the class shows through.
    delete own.finalize
    return finalize(withSignature(packet, { signature, write }))
  }
}

function withSignature(
  packet: Buffer,
  how: { readonly signature: Buffer; readonly write: PacketWriter },
): Buffer {
  const { allocStart } = how.write
  const payload = packet.subarray(allocStart, 4 + packet.readUInt32BE(0) - (packet[4] ?? 0))
  const request = Buffer.concat([payload.subarray(0, startOfSignature(payload)), wireString(how.signature)])
  const changed = how.write.alloc(request.length)
  request.copy(changed, allocStart)
  return changed
}

/** After the number of the message: user, service, method; a flag; algorithm, key. */
function startOfSignature(payload: Buffer): number {
  let at = 1
  const skip = (): number => (at += 4 + payload.readUInt32BE(at))
  for (let strings = 0; strings < 3; strings += 1) skip()
  at += 1
  for (let strings = 0; strings < 2; strings += 1) skip()
  return at
}
