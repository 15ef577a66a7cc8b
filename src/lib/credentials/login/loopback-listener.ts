import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ApoctlError } from '../../errors/apoctl-error.ts'

export interface LoopbackListener {
  readonly port: number
  /** Ends in less than a second, whatever those at the other end do. */
  close(): Promise<void>
}

/** For pages that are on their way; connections that browsers opened to be ready would never end. */
const graceMs = 500
const noSuchAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/**
 * Listens on both addresses of the loopback, as `localhost` can mean either: whoever had the other one would
 * get the browser's answer. Throws APO-LOGIN-CALLBACK when the port is taken on one of them.
 */
export async function listenOnLoopback(makeServer: () => Server, port: number): Promise<LoopbackListener> {
  const first = await listen(makeServer(), { port, host: '127.0.0.1' })
  try {
    const second = await listen(makeServer(), { port: first.port, host: '::1' })
    const closeBoth = async (): Promise<void> => {
      await Promise.all([first.close(), second.close()])
    }
    return { port: first.port, close: closeBoth }
  } catch (error) {
    // Machines without IPv6 have no second address, so nobody else has it either.
    if (noSuchAddress.has(codeOf(error))) return first
    await first.close()
    throw taken(first.port, error)
  }
}

async function listen(
  server: Server,
  at: { readonly port: number; readonly host: string },
): Promise<LoopbackListener> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(at.host === '::1' ? error : taken(at.port, error)))
    server.listen(at, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => close(server, sockets) }
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, graceMs)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function taken(port: number, error: unknown): ApoctlError {
  const text = `port ${port} of this machine cannot be listened on (${codeOf(error)})`
  const hints = ['Choose another with --port, if the provider knows that too.']
  return new ApoctlError(['APO-LOGIN-CALLBACK', text], { hints, cause: error })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
