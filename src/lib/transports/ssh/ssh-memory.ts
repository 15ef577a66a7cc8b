import type { ConfigMemory } from './config/config-world.ts'
import { createJumpHosts, type JumpHosts } from './jump-hosts.ts'
import type { OpenedKey } from './key-file.ts'

/**
 * What the connections of one run share, so that fifty hosts ask for one passphrase, parse one
 * ssh_config and log in to their bastion once.
 */
export interface SshMemory {
  readonly config: ConfigMemory
  openedKey(path: string, open: () => Promise<OpenedKey>): Promise<OpenedKey>
  readonly jumpHosts: JumpHosts
}

export function createSshMemory(): SshMemory {
  return {
    config: { statements: remembering(), paths: remembering(), success: remembering() },
    openedKey: remembering(),
    jumpHosts: createJumpHosts(),
  }
}

/** Failures are remembered too: a wrong passphrase is asked for once, not once a host. */
function remembering<Value>(): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const made = new Map<string, Promise<Value>>()
  return (key, make) => {
    const value = made.get(key) ?? make()
    made.set(key, value)
    return value
  }
}
