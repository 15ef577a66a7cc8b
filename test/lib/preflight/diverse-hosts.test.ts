import { describe, expect, it } from 'vitest'
import { diverseHosts } from '../../../src/lib/preflight/diverse-hosts.ts'
import { cloudOf } from '../../../src/lib/preflight/facts/cloud-of.ts'
import type { JudgedHost } from '../../../src/lib/preflight/preflight-host.ts'

interface Kind {
  readonly release?: string
  readonly os?: readonly [id: string, versionId: string]
  readonly cloud?: string | null
  readonly verdict?: string
}

function judged(host: string, kind: Kind = {}): JudgedHost {
  const { release = '6.1.0-28-amd64', os = ['debian', '12'], cloud = null, verdict = 'pass' } = kind
  return {
    preflight: { host, verdict },
    facts: {
      kernel: { release },
      operatingSystem: { id: os[0], versionId: os[1] },
      surroundings: { cloud },
    },
  } as JudgedHost
}

describe('hosts to try things out on', () => {
  it('are one of every kind of kernel, distribution and cloud', () => {
    const found = diverseHosts([
      judged('a'),
      judged('b', { release: '6.1.0-31-cloud-amd64' }),
      judged('c', { release: '5.10.0-9-amd64' }),
      judged('d', { os: ['ubuntu', '24.04'] }),
      judged('e', { cloud: 'aws' }),
      judged('f', { cloud: 'aws' }),
      judged('g', { os: ['arch', ''] }),
    ])
    expect(found).toEqual([
      { host: 'a', kernel: '6.1', distribution: 'debian 12', cloud: 'no cloud' },
      { host: 'c', kernel: '5.10', distribution: 'debian 12', cloud: 'no cloud' },
      { host: 'd', kernel: '6.1', distribution: 'ubuntu 24.04', cloud: 'no cloud' },
      { host: 'e', kernel: '6.1', distribution: 'debian 12', cloud: 'aws' },
      { host: 'g', kernel: '6.1', distribution: 'arch', cloud: 'no cloud' },
    ])
  })

  it('are hosts that pass their checks: who would be refused shows nothing', () => {
    expect(
      diverseHosts([
        judged('a', { verdict: 'fail' }),
        judged('b'),
        judged('c', { os: ['x', '1'], verdict: 'fail' }),
      ]),
    ).toMatchObject([{ host: 'b' }])
  })
})

describe('the cloud a host is in', () => {
  it.each([
    ['aws', { 'dmi.sys_vendor': 'Amazon EC2' }],
    ['aws', { 'dmi.sys_vendor': 'Xen', 'dmi.bios_version': '4.11.amazon' }],
    [
      'azure',
      {
        'dmi.sys_vendor': 'Microsoft Corporation',
        'dmi.chassis_asset_tag': '7783-7084-3265-9085-8269-3286-77',
      },
    ],
    [null, { 'dmi.sys_vendor': 'Microsoft Corporation', 'dmi.product_name': 'Virtual Machine' }],
    ['gcp', { 'dmi.sys_vendor': 'Google', 'dmi.product_name': 'Google Compute Engine' }],
    [null, { 'dmi.sys_vendor': 'QEMU' }],
    [null, {}],
  ] as const)('is %s, where the firmware says %j', (cloud, answers: Readonly<Record<string, string>>) => {
    expect(cloudOf({ first: (key) => answers[key] ?? null })).toBe(cloud)
  })
})
