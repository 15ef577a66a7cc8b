import type { SshTarget } from '../transports/ssh/ssh-context.ts'
import type { RemoteHost } from './fleet-host.ts'

/** Where to log in to for a host. */
export function sshTarget(host: RemoteHost): SshTarget {
  const { address, port, user, identityFile, knownHostsFile } = host
  return { host: address, port, user, identityFile, knownHostsFile }
}
