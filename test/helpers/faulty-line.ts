import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A way to a host that something is wrong with. */
export interface FaultyLine {
  /** Of 127.0.0.1. */
  readonly port: number
  /** From now on it is a good one; what had stalled is ended. */
  mend(): void
  close(): void
}

export type LineFault =
  /** When so much has gone to the host nothing passes any more, either way, and nobody is told. For new connections, too. */
  | { readonly type: 'stalls'; readonly afterBytes: number }
  /** When so much has gone to the host the connection is reset. The next one is a good one. */
  | { readonly type: 'resets'; readonly afterBytes: number }
  /** Each piece takes so long on its way. */
  | { readonly type: 'is slow'; readonly delayMs: number }

export async function startFaultyLine(address: string, fault: LineFault): Promise<FaultyLine> {
  const sockets = new Set<Socket>()
  let isGood = false
  let stalled = false
  let passed = 0
  const onItsWay = async (chunk: Buffer, ends: { readonly near: Socket; readonly isUp: boolean }) => {
    if (isGood) return
    if (fault.type === 'is slow') return sleep(fault.delayMs)
    if (ends.isUp) passed += chunk.length
    if (passed < fault.afterBytes) return
    if (fault.type === 'stalls') stalled = true
    else {
      isGood = true
      ends.near.resetAndDestroy()
    }
  }
  const pass = async (ends: { readonly near: Socket; readonly from: Socket; readonly into: Socket }) => {
    const { near, from, into } = ends
    for await (const chunk of from as AsyncIterable<Buffer>) {
      await onItsWay(chunk, { near, isUp: from === near })
      if (!stalled && !into.write(chunk)) await once(into, 'drain')
    }
    if (!stalled) into.end()
  }
  const server = createServer((near) => {
    const far = connect(22, address)
    for (const socket of [near, far])
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
    near.once('close', () => far.destroy())
    far.once('close', () => stalled || near.end())
    pass({ near, from: near, into: far }).catch(() => far.destroy())
    pass({ near, from: far, into: near }).catch(() => near.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endAll = (): void => sockets.forEach((socket) => void socket.destroy())
  return {
    port: (server.address() as AddressInfo).port,
    mend() {
      isGood = true
      if (stalled) endAll()
      stalled = false
    },
    close() {
      server.close()
      endAll()
    },
  }
}
