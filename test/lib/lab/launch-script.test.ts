import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { customiseScript } from '../../../src/lib/lab/image/image-recipe.ts'
import { launchScript, type LaunchOptions } from '../../../src/lib/lab/hosts/launch-script.ts'
import { hostLayout, labLayout } from '../../../src/lib/lab/lab-layout.ts'
import { parseSubnet } from '../../../src/lib/lab/subnet.ts'

const lab = labLayout({ dataDirectory: '/data', name: 'default' })
const host = hostLayout(lab, { number: 1, subnet: parseSubnet('10.77.0.0/24') })
const base: LaunchOptions = {
  lab,
  host,
  prefix: 24,
  image: '../../../.images/bookworm-1',
  groups: { mounts: ['/sys/fs/cgroup'], unified: true, systemd: false },
}

test.each([
  ['without systemd', base],
  ['under systemd', { ...base, groups: { ...base.groups, systemd: true } }],
  ['with a disk of its own', { ...base, diskMiB: 32 }],
  [
    'on control groups of version 1',
    { ...base, groups: { mounts: ['/sys/fs/cgroup/systemd'], unified: false, systemd: false } },
  ],
])('the script that starts a host parses %s', (_, options) => {
  expect(() => execFileSync('sh', ['-n'], { input: launchScript(options) })).not.toThrow()
})

test('the script that finishes an image parses', () => {
  expect(() => execFileSync('sh', ['-n'], { input: customiseScript })).not.toThrow()
})

test('each host has a control group of its own, unless systemd gives it one', () => {
  expect(launchScript(base)).toContain(`echo $$ > /sys/fs/cgroup/${host.machine}/cgroup.procs`)
  expect(launchScript({ ...base, groups: { ...base.groups, systemd: true } })).not.toContain('cgroup.procs')
})

test('the new hierarchy is asked for only where it is mounted', () => {
  expect(launchScript(base)).toContain('UNIFIED_HIERARCHY=1')
  expect(launchScript({ ...base, groups: { ...base.groups, unified: false } })).not.toContain(
    'UNIFIED_HIERARCHY',
  )
})
