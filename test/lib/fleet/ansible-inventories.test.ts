import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ansibleHosts, ansibleInventory, ansibleInventoryText } from '../../helpers/ansible.ts'
import { heeded, readAsAnsible } from './read-as-ansible.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const corpus = join(import.meta.dirname, '../../fixtures/inventories')
const at = (...names: readonly string[]): string[] => names.map((name) => join(corpus, name))

const alone = readdirSync(corpus)
  .filter((name) => name !== 'vars-dir')
  .map((name) => [name])
const together = [
  ['vars-dir/hosts.ini'],
  ['groups.ini', 'hostvars.ini'],
  ['vars-dir/hosts.ini', 'folder'],
  ['folder', 'vars-dir/hosts.ini'],
  ['folder', 'vars-dir'],
  ['basic.yaml', 'toplevel.yaml', 'groupvars.ini'],
  ['depths.ini', 'diamond.ini', 'siblings.ini'],
  ['json.json', 'noext-yaml', 'noext-ini'],
] as const

/** What Ansible says is in force, in the words that apoctl heeds. */
async function ofAnsible(sources: readonly string[]) {
  const { groups, hostVariables } = await ansibleInventory(sources)
  const names = Object.values(groups).flatMap(({ hosts }) => hosts)
  const none = Object.fromEntries(names.map((name) => [name, {}]))
  return { groups, hostVariables: { ...none, ...plain(heeded(hostVariables)) } }
}

/** `!unsafe` values are wrapped where Ansible prints them. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && '__ansible_unsafe' in inner
      ? inner.__ansible_unsafe
      : inner,
  ) as Value
}

describe('inventories of Ansible', { timeout: 120_000 }, () => {
  it('are enough to compare by', () => expect(alone.length + together.length).toBeGreaterThanOrEqual(50))

  it.each([...alone, ...together].map((names) => [names.join(' + '), names] as const))(
    'mean the same to apoctl and to ansible-inventory: %s',
    async (_, names) => {
      const [theirs, ours] = await Promise.all([ofAnsible(at(...names)), readAsAnsible(at(...names))])
      expect(ours.groups).toEqual(theirs.groups)
      expect(plain(ours.hostVariables)).toEqual(theirs.hostVariables)
    },
  )

  it.each([
    ['plain.ini'],
    ['groups.ini'],
    ['repeat.ini'],
    ['all-vars.ini'],
    ['ungrouped.ini'],
    ['toplevel.yaml'],
  ])('have their hosts in the same order: %s', async (name) => {
    const { hostVariables } = await readAsAnsible(at(name))
    expect(Object.keys(hostVariables)).toEqual(await ansibleHosts(at(name)))
  })

  it.each([['children.ini'], ['vars-dir/hosts.ini'], ['east-west.yaml'], ['literals.ini'], ['big.ini']])(
    'can be read as what ansible-inventory --list prints of them, from standard input: %s',
    async (name) => {
      const printed = await ansibleInventoryText(at(name))
      const ours = await readAsAnsible(['-'], printed)
      const theirs = await ofAnsible(at(name))
      expect(ours.groups).toEqual(theirs.groups)
      expect(plain(ours.hostVariables)).toEqual(theirs.hostVariables)
    },
  )

  it('can be programs, which are run with --list as Ansible runs them', async () => {
    const folder = temporaryFolder('program')
    const program = join(folder, 'hosts.sh')
    const printed = JSON.stringify({
      web: { hosts: ['w1', 'w2'], vars: { ansible_user: 'web' }, children: ['cache'] },
      db: ['d1'],
      cache: { hosts: ['c1'] },
      lone: { ansible_port: 7 },
      _meta: { hostvars: { w1: { ansible_host: '10.0.0.1' }, stranger: { ansible_port: 1 } } },
    })
    writeFileSync(program, `#!/bin/sh\n[ "$1" = --list ] && cat <<'E'\n${printed}\nE\n`)
    chmodSync(program, 0o755)
    const [theirs, ours] = await Promise.all([ofAnsible([program]), readAsAnsible([program])])
    expect(Object.keys(ours.hostVariables).sort()).toEqual(['c1', 'd1', 'lone', 'w1', 'w2'])
    expect(ours.groups).toEqual(theirs.groups)
    expect(ours.hostVariables).toEqual(theirs.hostVariables)
  })
})
