import type { FleetHost } from '../../fleet/fleet-host.ts'

/** Hosts as Ansible is told of them. What only apoctl heeds (~/.ssh/config is ssh's as well) needs no word. */
export function ansibleInventory(hosts: readonly FleetHost[]): object {
  return { all: { hosts: Object.fromEntries(hosts.map((host) => [host.name, variablesOf(host)])) } }
}

function variablesOf(host: FleetHost): Record<string, string | number | boolean> {
  const { become } = host
  return {
    ...(become === 'none' && { ansible_become: false }),
    ...((become === 'sudo' || become === 'doas') && { ansible_become_method: become }),
    ...wayTo(host),
  }
}

function wayTo(host: FleetHost): Record<string, string | number> {
  if (host.type === 'local') return { ansible_connection: 'local' }
  const { address, user, port, identityFile, knownHostsFile } = host
  return {
    ansible_host: address,
    ...(user !== undefined && { ansible_user: user }),
    ...(port !== undefined && { ansible_port: port }),
    ...(identityFile !== undefined && { ansible_ssh_private_key_file: identityFile }),
    ...(knownHostsFile !== undefined && {
      ansible_ssh_common_args: `-o UserKnownHostsFile="${knownHostsFile}"`,
    }),
  }
}
