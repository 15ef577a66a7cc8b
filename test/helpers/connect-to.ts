import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { openSsh } from '../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext } from '../../src/lib/transports/ssh/ssh-context.ts'
import { createSshMemory } from '../../src/lib/transports/ssh/ssh-memory.ts'
import type { Transport } from '../../src/lib/transports/transport.ts'
import type { TestSshd } from './sshd.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A context with a home of its own, which knows the given hosts and has no secrets. */
export function sshContext(
  known: readonly Pick<TestSshd, 'knownHosts'>[] = [],
  changes: Partial<SshContext> = {},
): SshContext {
  const home = temporaryFolder('home')
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
  writeFileSync(join(home, '.ssh', 'config'), '')
  writeFileSync(join(home, '.ssh', 'known_hosts'), known.map(({ knownHosts }) => knownHosts).join(''))
  return {
    home,
    localUser: 'root',
    userId: 0,
    machineName: hostname(),
    environment: { PATH: process.env['PATH'], HOME: home },
    configFile: join(home, '.ssh', 'config'),
    credentials: { password: () => Promise.resolve(undefined), passphrase: () => Promise.resolve(undefined) },
    reporter: { report: () => undefined },
    memory: createSshMemory(),
    ...changes,
  }
}

/** Logs in to a test host with the key it accepts. */
export function connectTo(host: TestSshd, options: { readonly user?: string } = {}): Promise<Transport> {
  const target = {
    host: host.address,
    port: host.port,
    user: options.user ?? host.user,
    identityFile: host.clientKey,
  }
  return openSsh(target, sshContext([host]))
}
