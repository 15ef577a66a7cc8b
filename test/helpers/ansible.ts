/** The real Ansible: what it makes of an inventory, and of the patterns of --limit. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const settings = join(import.meta.dirname, '../fixtures/ansible.cfg')

export interface AnsibleInventory {
  /** The hosts and groups that stand in a group itself, sorted; groups that have neither are left out. */
  readonly groups: Readonly<Record<string, { readonly hosts: string[]; readonly children: string[] }>>
  readonly hostVariables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What `ansible-inventory --list` says. */
export async function ansibleInventory(sources: readonly string[]): Promise<AnsibleInventory> {
  const { stdout } = await ansible('ansible-inventory', ['--list', ...sourceFlags(sources)])
  const { _meta: meta, ...groups } = JSON.parse(stdout) as Record<string, unknown> & {
    readonly _meta: { readonly hostvars: AnsibleInventory['hostVariables'] }
  }
  const listed = Object.entries(groups as Record<string, { hosts?: string[]; children?: string[] }>)
  return {
    hostVariables: meta.hostvars,
    groups: Object.fromEntries(
      listed.map(([name, { hosts = [], children = [] }]) => [
        name,
        { hosts: [...hosts].sort(), children: [...children].sort() },
      ]),
    ),
  }
}

/** What `ansible-inventory --list` prints, as it stands. */
export async function ansibleInventoryText(sources: readonly string[]): Promise<string> {
  return (await ansible('ansible-inventory', ['--list', ...sourceFlags(sources)])).stdout
}

/** The hosts that `ansible all --limit PATTERN --list-hosts` names, in order; `refused` for a place past the end. */
export async function ansibleHosts(sources: readonly string[], limit?: string): Promise<string[]> {
  const flags = limit === undefined ? [] : ['--limit', limit]
  const args = ['all', '--list-hosts', ...sourceFlags(sources), ...flags]
  const { stdout } = await ansible('ansible', args).catch((error: unknown) => {
    const { stderr = '' } = error as { stderr?: string }
    if (stderr.includes('leaves us with no hosts')) return { stdout: '' }
    if (stderr.includes('No hosts matched the subscripted pattern')) return { stdout: '\nrefused' }
    throw new Error(`ansible ${args.join(' ')}: ${stderr}`)
  })
  return stdout
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

const sourceFlags = (sources: readonly string[]): string[] => sources.flatMap((source) => ['-i', source])

function ansible(program: string, args: readonly string[]): Promise<{ stdout: string }> {
  return run(program, [...args], {
    maxBuffer: 64 * 1024 * 1024,
    // No settings but its own: those of the machine may change what an inventory means.
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', LC_ALL: 'C.UTF-8', ANSIBLE_CONFIG: settings },
  })
}
