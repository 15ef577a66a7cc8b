import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { checksFor } from '../../../../src/lib/preflight/checks/all-checks.ts'
import {
  builtInSets,
  loadRequirements,
} from '../../../../src/lib/preflight/requirements/load-requirements.ts'
import { formatSize, parseSizeBytes } from '../../../../src/lib/preflight/requirements/size.ts'
import { requirementFileShape } from '../../../../src/lib/preflight/requirements/requirement-set.ts'

const load = (content: string) =>
  loadRequirements('./rules.yaml', { readTextFile: () => Promise.resolve(content) })

async function refusal(content: string): Promise<string> {
  try {
    await load(content)
    return 'accepted'
  } catch (error) {
    expect((error as ApoctlError).code).toBe('APO-INPUT-FILE')
    return (error as ApoctlError).message
  }
}

describe('built-in requirement sets', () => {
  it.each(builtInSets)(
    '$name is written as a file could be, and gives checks with ids of their own',
    (set) => {
      expect(() =>
        requirementFileShape.read({ ...set, apiVersion: 'apoctl.requirements/v1' }, []),
      ).not.toThrow()
      const ids = checksFor(set, { console: true, packageHost: true, givenAuthority: false }).map(
        ({ id }) => id,
      )
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^linux(\.[\w-]+)+$/)
    },
  )

  it.each(builtInSets)('every severity that $name changes is one of a check that it asks', (set) => {
    const ids = checksFor(set, { console: true, packageHost: true, givenAuthority: false }).map(
      ({ id }) => id,
    )
    expect(ids).toEqual(expect.arrayContaining(Object.keys(set.severities)))
  })

  it('asks 24 modules, 6 capabilities and 3 packages by the guide', () => {
    const guide = builtInSets.find(({ name }) => name === 'guide-2021-11')!
    expect(Object.keys(guide.linux.kernelModules!)).toHaveLength(24)
    expect(Object.keys(guide.linux.capabilities!)).toHaveLength(6)
    expect(guide.linux.packages).toHaveLength(3)
  })

  it('names those there are when a name is none of them', async () => {
    const error: unknown = await loadRequirements('guide-2020', {
      readTextFile: () => Promise.reject(new Error()),
    }).catch((one: unknown) => one)
    expect(error).toMatchObject({ code: 'APO-INPUT-VALUE' })
    expect((error as ApoctlError).hints.join()).toContain('guide-2021-10, guide-2021-11, enforcer')
  })
})

describe('a requirement file', () => {
  it('starts from a built-in set and replaces its parts', async () => {
    const set = await load(
      'name: ours\nextends: guide-2021-11\nlinux:\n  minimumMemory: 4GB\n  distributions:\n    Debian: [12.0-12.99]\n    Amazon Linux: [2]\nseverities:\n  linux.package.ipset: warning\n',
    )
    expect(set).toMatchObject({
      name: 'ours',
      linux: {
        minimumMemory: '4GB',
        minimumVcpus: 2,
        distributions: { Debian: ['12.0-12.99'], 'Amazon Linux': ['2'] },
      },
      severities: { 'linux.package.ipset': 'warning' },
    })
  })

  it.each([
    ['linux:\n  minimumVcpus: two\n', './rules.yaml:2: linux.minimumVcpus: expected a number, found "two"'],
    [
      'linux:\n  distributions:\n    Debian:\n      - 9.0-9.9\n      - nine\n',
      './rules.yaml:5: linux.distributions.Debian.1: "nine" is neither a version (20.04) nor a range (7.1-7.9)',
    ],
    [
      'linux:\n  minimumMemory: 2 gigs\n',
      './rules.yaml:2: linux.minimumMemory: "2 gigs" is no size: write it like 2GB or 512MiB',
    ],
    [
      'extends: guide-2020\n',
      './rules.yaml:1: extends: expected one of guide-2021-10, guide-2021-11, enforcer, found "guide-2020"',
    ],
    [
      'name: x\nlinux:\n  kernelModule: {}\n',
      './rules.yaml:3: linux.kernelModule: the field "kernelModule" is not known',
    ],
    [
      'severities:\n  a: fatal\n',
      './rules.yaml:2: severities.a: expected one of error, overridable, warning, info, found "fatal"',
    ],
    ['- a\n- b\n', './rules.yaml:1: expected fields, found a list'],
  ])('is refused with file, line and value: %j', async (content, message) => {
    expect(await refusal(content)).toBe(message)
  })

  it('is refused where it does not parse', async () => {
    expect(await refusal('linux:\n  a: [1\n')).toMatch(/^\.\/rules\.yaml:\d: does not parse: /)
  })
})

describe('sizes', () => {
  it.each([
    ['2GB', 2e9],
    ['512 MiB', 512 * 1024 ** 2],
    ['1.5 kB', 1500],
  ])('reads %s', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes)
  })

  it('shows them for people', () => {
    expect([2e9, 1.95e9, 4e8, 12].map(formatSize)).toEqual(['2 GB', '1.9 GB', '400 MB', '12 bytes'])
  })
})

it('agrees with the reference of the requirements, where that file is at hand', () => {
  const file = process.env['APOCTL_REFERENCE_REQUIREMENTS']
  if (file === undefined) return
  const reference = JSON.parse(readFileSync(file, 'utf8')) as {
    revisions: Record<string, { linux: Record<string, string[]> }>
    sameInEveryRevision: {
      kernelModules: object
      capabilities: object
      packages: string[]
      domains: string[]
    }
  }
  for (const set of builtInSets.filter(({ name }) => name.startsWith('guide'))) {
    const revision = reference.revisions[set.name.replace('guide-', '')]
    expect(set.linux.distributions).toEqual(revision?.linux)
    expect(Object.keys(set.linux.kernelModules!)).toEqual(
      Object.keys(reference.sameInEveryRevision.kernelModules),
    )
    expect(Object.keys(set.linux.capabilities!)).toEqual(
      Object.keys(reference.sameInEveryRevision.capabilities),
    )
    expect(set.linux.packages).toEqual(reference.sameInEveryRevision.packages)
    expect(set.linux.domains).toEqual(reference.sameInEveryRevision.domains)
  }
})
