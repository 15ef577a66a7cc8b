import type { SshConnection } from './ssh-connection.ts'

/** A share of a connection to a jump host. */
export interface Lease {
  readonly connection: SshConnection
  /** The last one to let go closes the connection. */
  release(): Promise<void>
}

/**
 * Connections to jump hosts, shared by everything behind them: fifty logins at once to one bastion
 * are what its MaxStartups turns away.
 */
export interface JumpHosts {
  lease(key: string, connect: () => Promise<SshConnection>): Promise<Lease>
}

interface Shared {
  readonly connection: Promise<SshConnection>
  users: number
}

export function createJumpHosts(): JumpHosts {
  const open = new Map<string, Shared>()
  const forget = (key: string, shared: Shared): void => {
    if (open.get(key) === shared) open.delete(key)
  }
  return {
    async lease(key, connect) {
      const shared = open.get(key) ?? { connection: connect(), users: 0 }
      open.set(key, shared)
      shared.users += 1
      try {
        const connection = await shared.connection
        void connection.ended.then(() => forget(key, shared))
        return { connection, release: once(() => release(key, shared)) }
      } catch (error) {
        forget(key, shared)
        throw error
      }
    },
  }

  async function release(key: string, shared: Shared): Promise<void> {
    shared.users -= 1
    if (shared.users > 0) return
    forget(key, shared)
    await (await shared.connection).close()
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
