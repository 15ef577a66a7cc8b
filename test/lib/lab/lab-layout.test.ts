import { expect, test } from 'vitest'
import { hostLayout, labLayout, machineName, mostHosts, roomFor } from '../../../src/lib/lab/lab-layout.ts'
import { parseSubnet } from '../../../src/lib/lab/subnet.ts'

const lab = labLayout({ dataDirectory: '/data/lab', name: 'default' })

test('names outside the lab follow from its directory, so two labs never share one', () => {
  const same = labLayout({ dataDirectory: '/data/lab/', name: 'default' })
  const other = labLayout({ dataDirectory: '/elsewhere', name: 'default' })
  expect(same.bridge).toBe(lab.bridge)
  expect(other.bridge).not.toBe(lab.bridge)
})

test('names of links fit the 15 characters that Linux gives them', () => {
  expect(lab.bridge.length).toBeLessThanOrEqual(15)
  expect(machineName(lab, mostHosts).length).toBeLessThanOrEqual(15)
})

test.each(['', 'Ümlaut', '../x', '.images', 'a b', '-x', 'x'.repeat(33)])(
  '"%s" is no name of a lab',
  (name) => {
    expect(() => labLayout({ dataDirectory: '/data', name })).toThrow(
      expect.objectContaining({ code: 'APO-INPUT-VALUE' }),
    )
  },
)

test('host 1 of a roomy network is .11, and a tight one starts behind the bridge', () => {
  expect(hostLayout(lab, { number: 1, subnet: parseSubnet('10.77.0.0/24') }).address).toBe('10.77.0.11')
  expect(hostLayout(lab, { number: 1, subnet: parseSubnet('10.77.0.0/28') }).address).toBe('10.77.0.2')
})

test.each([
  ['10.77.0.0/24', mostHosts],
  ['10.77.0.0/25', 116],
  ['10.77.0.0/28', 13],
  ['10.77.0.0/30', 1],
  ['10.77.0.0/31', 0],
  ['10.77.0.0/32', 0],
])('%s has room for %i hosts, the last of which is no broadcast address', (text, room) => {
  const subnet = parseSubnet(text)
  expect(roomFor(subnet)).toBe(room)
  if (room === 0) return
  const { address } = hostLayout(lab, { number: room, subnet })
  expect(address.endsWith('.255')).toBe(false)
})
