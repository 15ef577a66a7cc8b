import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { hostLayout, labLayout } from '../../../src/lib/lab/lab-layout.ts'
import { inventory, knownHostsLine, sshConfig } from '../../../src/lib/lab/ssh-files.ts'
import { parseSubnet } from '../../../src/lib/lab/subnet.ts'

const lab = labLayout({ dataDirectory: '/my data: "x"/lab', name: 'default' })
const subnet = parseSubnet('10.77.0.0/24')
const hosts = [1, 2].map((number) => hostLayout(lab, { number, subnet }))

test('the inventory is YAML, whatever the directory is called', () => {
  expect(parse(inventory(lab, hosts))).toEqual({
    defaults: { user: 'root', identity: lab.identity, knownHosts: lab.knownHosts },
    hosts: [
      { name: 'host1', address: '10.77.0.11' },
      { name: 'host2', address: '10.77.0.12' },
    ],
  })
})

test('known_hosts has the address and the key, without the comment', () => {
  expect(knownHostsLine(hosts[0]!, 'ssh-ed25519 AAAA root@host1\n')).toBe('10.77.0.11 ssh-ed25519 AAAA')
})

test('ssh_config never learns a key and never asks', () => {
  const text = sshConfig(lab, hosts)
  expect(text).toContain('Host host2 10.77.0.12\n  HostName 10.77.0.12\n')
  expect(text).toContain('StrictHostKeyChecking yes')
  expect(text).toContain('BatchMode yes')
})
