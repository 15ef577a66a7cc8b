import type { Exchange } from './exchange.ts'

/**
 * Calls `end` when the answer has been sent, or cannot be any more. An answer that waits behind another one on its
 * connection is not told of the end of the connection, so that is listened to as well.
 */
export function whenOver({ request, response }: Exchange, end: () => void): void {
  const { socket } = request
  if (response.closed || socket.destroyed) {
    end()
    return
  }
  const over = (): void => {
    response.off('close', over)
    socket.off('close', over)
    end()
  }
  // One for each request that waits.
  socket.setMaxListeners(0)
  response.once('close', over)
  socket.once('close', over)
}
