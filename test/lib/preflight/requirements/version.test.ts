import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  inRange,
  parseVersion,
  parseVersionRange,
} from '../../../../src/lib/preflight/requirements/version.ts'

describe('parseVersion', () => {
  it.each([
    ['9.10', [9, 10]],
    ['7.9.2009', [7, 9, 2009]],
    ['20.04 LTS', [20, 4]],
    ['2', [2]],
  ])('reads %s', (text, version) => {
    expect(parseVersion(text)).toEqual(version)
  })

  it.each(['', 'trixie/sid', 'v9'])('sees no version in "%s"', (text) => {
    expect(parseVersion(text)).toBeNull()
  })
})

describe('compareVersions', () => {
  it('orders point releases as numbers, not as decimals', () => {
    expect(compareVersions([9, 9], [9, 10])).toBeLessThan(0)
    expect(compareVersions([9, 11], [9, 9])).toBeGreaterThan(0)
    expect(compareVersions([7], [7, 0])).toBe(0)
  })

  it('is an order: antisymmetric and transitive over many random versions', () => {
    let state = 42
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return state % below
    }
    const version = (): number[] => Array.from({ length: 1 + random(3) }, () => random(4))
    for (let round = 0; round < 2000; round += 1) {
      const [a, b, c] = [version(), version(), version()]
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }
  })
})

describe('inRange', () => {
  it.each([
    ['9.9', '9.0-9.9', 'inside'],
    ['9.10', '9.0-9.9', 'outside'],
    ['9.11', '9.11-9.12', 'inside'],
    ['7.9.2009', '7.3-7.9', 'inside'],
    ['7.10', '7.3-7.9', 'outside'],
    ['8', '8.0-8.3', 'undecided'],
    ['10', '9.0-9.9', 'outside'],
    ['9', '9.8', 'undecided'],
    ['2.0.2021', '2', 'inside'],
    ['2023', '2', 'outside'],
    ['20.04', '20.04', 'inside'],
    ['20.10', '20.04', 'outside'],
  ] as const)('%s is to %s: %s', (version, range, position) => {
    expect(inRange(parseVersion(version) ?? [], parseVersionRange(range))).toBe(position)
  })
})

describe('parseVersionRange', () => {
  it.each(['', 'nine', '9.x', '7.1-', '-7.1', '7.1-7.9-8.0'])('refuses "%s"', (text) => {
    expect(() => parseVersionRange(text)).toThrow(/neither a version/)
  })

  it('refuses a range that ends before it starts', () => {
    expect(() => parseVersionRange('9.12-9.9')).toThrow(/ends before it starts/)
  })
})
