import type { Server, Socket } from 'node:net'
import { plainAddress } from '../auth/networks.ts'
import type { ConsoleWorld } from '../world.ts'
import { addressGroup } from './address-group.ts'
import { createLimitNotes } from './limit-notes.ts'
import { createTally } from './tally.ts'
import type { TrafficLimits } from './traffic-limits.ts'

/** Closes connections beyond the limits as they come: before TLS, which costs most, there is nobody to tell. */
export function limitConnections(
  server: Server,
  { limits, world }: { readonly limits: TrafficLimits; readonly world: ConsoleWorld },
): void {
  const { maxConnections, maxConnectionsPerAddress: most } = limits
  const open = createTally()
  const note = createLimitNotes(world)
  // For Node, 0 is none at all.
  if (maxConnections > 0) server.maxConnections = maxConnections
  server.on('drop', () => note({ limit: `at most ${maxConnections} connections`, client: 'everybody' }))
  // In front of those who would begin with TLS; there is no other way to keep a connection from them.
  const accept = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const client = addressGroup(plainAddress(socket.remoteAddress ?? ''))
    if (!open.hasRoom(client, most)) {
      note({ limit: `at most ${most} connections from one address`, client })
      socket.destroy()
      return
    }
    socket.once('close', open.add(client))
    for (const listener of accept) listener.call(server, socket)
  })
}
