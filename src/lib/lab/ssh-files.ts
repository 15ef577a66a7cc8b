import { readFile, writeFile } from 'node:fs/promises'
import { hostKeyFile } from './hosts/write-seed.ts'
import type { HostLayout, LabLayout } from './lab-layout.ts'

/** The account the inventory logs in as. */
export const labUser = 'root'

/** Writes known_hosts, ssh_config and the inventory, so that SSH clients verify the hosts for real. */
export async function writeSshFiles(lab: LabLayout, hosts: readonly HostLayout[]): Promise<void> {
  const keys = await Promise.all(hosts.map((host) => readFile(`${hostKeyFile(host)}.pub`, 'utf8')))
  const known = hosts.map((host, index) => knownHostsLine(host, keys[index] ?? ''))
  await writeFile(lab.knownHosts, `${known.join('\n')}\n`, { mode: 0o644 })
  await writeFile(lab.sshConfig, sshConfig(lab, hosts), { mode: 0o644 })
  await writeFile(lab.inventory, inventory(lab, hosts), { mode: 0o644 })
}

export function knownHostsLine(host: HostLayout, publicKey: string): string {
  return `${host.address} ${publicKey.trim().split(' ').slice(0, 2).join(' ')}`
}

/** For `ssh -F`; every setting that a user's own configuration could turn is said here. */
export function sshConfig(lab: LabLayout, hosts: readonly HostLayout[]): string {
  const entries = hosts.map((host) => `Host ${host.name} ${host.address}\n  HostName ${host.address}\n`)
  return `# Written by apoctl lab up. Use: ssh -F ${lab.sshConfig} ${hosts[0]?.name ?? 'host1'}
${entries.join('')}Host *
  User ${labUser}
  IdentityFile "${lab.identity}"
  IdentitiesOnly yes
  UserKnownHostsFile "${lab.knownHosts}"
  StrictHostKeyChecking yes
  BatchMode yes
`
}

export function inventory(lab: LabLayout, hosts: readonly HostLayout[]): string {
  const entries = hosts.map((host) => `  - name: ${host.name}\n    address: ${host.address}\n`)
  return `# Written by apoctl lab up. Use: apoctl preflight linux --inventory ${lab.inventory}
defaults:
  user: ${labUser}
  identity: ${JSON.stringify(lab.identity)}
  knownHosts: ${JSON.stringify(lab.knownHosts)}
hosts:
${entries.join('')}`
}

export function sshCommand(lab: LabLayout, host: HostLayout): string {
  return `ssh -F ${lab.sshConfig} ${host.name}`
}
