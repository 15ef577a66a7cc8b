import { expect, test } from 'vitest'
import { addressAt, formatSubnet, overlaps, parseSubnet } from '../../../src/lib/lab/subnet.ts'

test('a network is read without the bits behind its prefix', () => {
  expect(formatSubnet(parseSubnet('10.77.3.9/22'))).toBe('10.77.0.0/22')
  expect(formatSubnet(parseSubnet('255.255.255.255/32'))).toBe('255.255.255.255/32')
  expect(formatSubnet(parseSubnet('200.1.2.3/0'))).toBe('0.0.0.0/0')
})

test.each([
  '',
  '10.77.0.0',
  '10.77.0/24',
  '10.77.0.256/24',
  '10.77.0.0/33',
  '10.77.0.0/x',
  'fd00::/8',
  ' 10.0.0.0/8',
])('"%s" is no network', (text) => {
  expect(() => parseSubnet(text)).toThrow(expect.objectContaining({ code: 'APO-INPUT-VALUE' }))
})

test('addresses are counted from the network on', () => {
  expect(addressAt(parseSubnet('10.77.0.0/24'), 1)).toBe('10.77.0.1')
  expect(addressAt(parseSubnet('10.77.0.0/16'), 300)).toBe('10.77.1.44')
})

test.each([
  ['10.77.0.0/24', '10.77.0.128/25', true],
  ['10.77.0.0/24', '10.0.0.0/8', true],
  ['10.77.0.0/24', '10.77.1.0/24', false],
  ['192.168.0.0/16', '192.169.0.0/16', false],
  ['10.77.0.255/32', '10.77.0.0/24', true],
])('%s and %s overlap: %s', (one, other, expected) => {
  expect(overlaps(parseSubnet(one), parseSubnet(other))).toBe(expected)
  expect(overlaps(parseSubnet(other), parseSubnet(one))).toBe(expected)
})
