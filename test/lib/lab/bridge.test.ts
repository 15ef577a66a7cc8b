import { expect, test } from 'vitest'
import { labLayout } from '../../../src/lib/lab/lab-layout.ts'
import { ensureBridge, removeBridge } from '../../../src/lib/lab/network/bridge.ts'
import { parseSubnet } from '../../../src/lib/lab/subnet.ts'
import { scriptedContext } from './scripted-machine.ts'

const lab = labLayout({ dataDirectory: '/data', name: 'default' })
const subnet = parseSubnet('10.77.0.0/24')

function machineWith(links: readonly object[], routes: readonly object[]) {
  return scriptedContext({
    tools: ['ip'],
    answers: {
      'ip -json link show': { stdout: JSON.stringify(links) },
      'ip -json -4 route show table all': { stdout: JSON.stringify(routes) },
      'ip -batch -': {},
    },
  })
}

test('a free network gets a bridge; the default route is no obstacle', async () => {
  const context = machineWith(
    [{ ifname: 'lo' }],
    [
      { dst: 'default', dev: 'eth0' },
      { dst: '10.76.0.0/16', dev: 'eth0' },
    ],
  )
  expect(await ensureBridge({ lab, subnet }, context)).toBe(true)
  expect(context.ran.at(-1)).toBe('ip -batch -')
})

test.each(['10.0.0.0/8', '10.77.0.128/25', '10.77.0.9'])('a route to %s is in the way', async (dst) => {
  const context = machineWith([], [{ dst, dev: 'wg0' }])
  await expect(ensureBridge({ lab, subnet }, context)).rejects.toMatchObject({
    code: 'APO-LAB-NETWORK',
    message: `10.77.0.0/24 overlaps the route to ${dst} on wg0`,
  })
  expect(context.ran).not.toContain('ip -batch -')
})

test("an interface of somebody else's under our name is neither used nor removed", async () => {
  const context = machineWith([{ ifname: lab.bridge, ifalias: 'office' }], [])
  await expect(ensureBridge({ lab, subnet }, context)).rejects.toMatchObject({ code: 'APO-LAB-NETWORK' })
  await expect(removeBridge(lab, context)).rejects.toMatchObject({ code: 'APO-LAB-NETWORK' })
  expect(context.ran).not.toContain('ip -batch -')
})

test('a bridge of ours is kept, and removed once', async () => {
  const context = machineWith([{ ifname: lab.bridge, ifalias: `apoctl-lab:default:${lab.id}` }], [])
  expect(await ensureBridge({ lab, subnet }, context)).toBe(false)
  expect(await removeBridge(lab, context)).toBe(true)
  expect(await removeBridge(lab, machineWith([], []))).toBe(false)
})
