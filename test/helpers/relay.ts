import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to a Console that can be disturbed; bytes go through as they are, TLS included. */
export interface Relay {
  /** https://127.0.0.1:port, always the same port. */
  readonly url: string
  /** Connections that were made so far. */
  readonly connections: () => number
  /** Ends every connection, as a router that restarts does. New ones are let through. */
  cut(): void
  /** Nothing goes through any more, and nobody is told: connections stand, new ones are taken. */
  stall(): void
  /** Ends every connection, and refuses new ones. */
  refuse(): Promise<void>
  /** Lets everything through again; what stalled is ended. */
  mend(): Promise<void>
  close(): Promise<void>
}

export async function startRelay(target: string): Promise<Relay> {
  const to = Number(new URL(target).port)
  const sockets = new Set<Socket>()
  let stalled = false
  let count = 0
  const take = (socket: Socket): void => {
    count += 1
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)))
    if (stalled) return
    const up = connect(to, '127.0.0.1').on('error', () => undefined)
    sockets.add(up.on('close', () => sockets.delete(up)))
    pass(socket, up)
    pass(up, socket)
  }
  const pass = (from: Socket, into: Socket): void => {
    from.on('data', (chunk) => {
      if (!stalled) into.write(chunk)
    })
    from.on('close', () => into.destroy())
  }
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const listenAt = async (port: number): Promise<Server> => {
    const made = createServer(take).listen(port, '127.0.0.1')
    await once(made, 'listening')
    return made
  }
  let server: Server | undefined = await listenAt(0)
  const { port } = server.address() as AddressInfo
  const refuse = async (): Promise<void> => {
    const closing = server
    server = undefined
    cut()
    if (closing !== undefined) await new Promise((resolve) => closing.close(resolve))
  }
  return {
    url: `https://127.0.0.1:${port}`,
    connections: () => count,
    cut,
    stall: () => void (stalled = true),
    refuse,
    async mend() {
      if (stalled) cut()
      stalled = false
      server ??= await listenAt(port)
    },
    close: refuse,
  }
}
