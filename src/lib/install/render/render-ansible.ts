import { join } from 'node:path'
import { stringify } from 'yaml'
import { quote } from '../../platforms/linux/quote.ts'
import { comment, type Artefact, type ArtefactContent } from './artefact.ts'
import { ansibleInventory } from './ansible-inventory.ts'
import { ansibleTasks } from './ansible-tasks.ts'

const role = 'roles/prisma_enforcer'
const inventory = 'inventory.yml'

/** A playbook and a role. The token is a variable: from the environment, or from a vault. */
export function renderAnsible(content: ArtefactContent): Artefact {
  const { script, about, hosts, tokenCommand } = content
  const yaml = (value: unknown, lines: readonly string[] = []) =>
    `---\n${comment(lines)}${stringify(value, { lineWidth: 0 })}`
  const at = (file: string) => quote(join(content.folder, file))
  const named = hosts.length > 0
  return {
    files: [
      { path: 'site.yml', parts: [yaml(playbook, about)] },
      ...(named ? [{ path: inventory, parts: [yaml(ansibleInventory(hosts))] }] : []),
      { path: `${role}/defaults/main.yml`, parts: [yaml(defaults, wherefrom)] },
      { path: `${role}/tasks/main.yml`, parts: [yaml(ansibleTasks)] },
      { path: `${role}/files/checkenforcer.sh`, parts: [script.check], isProgram: true },
      {
        path: `${role}/files/installenforcer.sh`,
        parts: [script.text, ...script.payload],
        isProgram: true,
      },
    ],
    next: [
      `export ENFORCERD_TOKEN="$(${tokenCommand})"`,
      `ansible-playbook -i ${named ? at(inventory) : 'INVENTORY'} ${at('site.yml')} --check`,
      `ansible-playbook -i ${named ? at(inventory) : 'INVENTORY'} ${at('site.yml')}`,
    ],
  }
}

const playbook = [
  {
    name: 'Install the Microsegmentation enforcer',
    hosts: 'all',
    become: true,
    gather_facts: false,
    roles: ['prisma_enforcer'],
  },
]

const wherefrom = ['From the environment of whoever runs the playbook; or give it with ansible-vault.']
const defaults = { apoctl_token: "{{ lookup('ansible.builtin.env', 'ENFORCERD_TOKEN') }}" }
