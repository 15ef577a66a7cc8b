import { Flags, Parser } from '@oclif/core'
import { describe, expect, it } from 'vitest'
import { pairFlag } from '../../../src/lib/cli/flags/pair-flag.ts'
import { pagingFlags } from '../../../src/lib/cli/flags/selection-flags.ts'
import { spellOut } from '../../../src/lib/cli/spell-out.ts'

const flags = {
  key: pairFlag({ char: 'k' }),
  namespace: Flags.string({ char: 'n' }),
  json: Flags.boolean(),
  order: pagingFlags.order,
  token: Flags.string({ char: 't' }),
  column: Flags.string({ char: 'c', multiple: true, multipleNonGreedy: true, delimiter: ',' }),
}

/** Parses as a command does, with the framework's own parser behind it. */
async function parsed(argv: readonly string[]) {
  return Parser.parse(spellOut(argv, flags), { flags, strict: false })
}

describe('a flag of two words', () => {
  it.each<[string, string[], { name: string; text: string }[]]>([
    ['two words', ['-k', 'name', 'acme'], [{ name: 'name', text: 'acme' }]],
    ['one word', ['-k', 'name=acme'], [{ name: 'name', text: 'acme' }]],
    ['its long name', ['--key', 'name', 'acme'], [{ name: 'name', text: 'acme' }]],
    ['a value with =', ['-k', 'associatedTags', 'a=b'], [{ name: 'associatedTags', text: 'a=b' }]],
    ['one word with two =', ['-k', 'associatedTags=a=b'], [{ name: 'associatedTags', text: 'a=b' }]],
    ['a value with a dash', ['-k', 'zoning', '-5'], [{ name: 'zoning', text: '-5' }]],
    ['PEM', ['-k', 'CSR', '-----BEGIN X'], [{ name: 'CSR', text: '-----BEGIN X' }]],
    ['an empty value', ['-k', 'description', ''], [{ name: 'description', text: '' }]],
    ['spaces', ['-k', 'description', 'a b  c'], [{ name: 'description', text: 'a b  c' }]],
  ])('takes %s', async (_what, argv, key) => {
    expect((await parsed(argv)).flags.key).toEqual(key)
  })

  it('comes several times, and swallows no argument behind it', async () => {
    const { flags: read, argv } = await parsed(['ns', '-k', 'name', 'a', '-k', 'zoning', '1', 'last'])
    expect(read.key).toHaveLength(2)
    expect(argv).toEqual(['ns', 'last'])
  })

  it.each([[['-k']], [['-k', 'name']], [['-k', 'name', '--json']], [['-k', '-n', '/acme']]])(
    'without a value is refused: %j',
    async (argv) => {
      await expect(parsed(argv)).rejects.toThrow(/has no value|expects a value/)
    },
  )

  it('is left alone behind --', () => {
    expect(spellOut(['--', '-k', 'a', 'b'], flags)).toEqual(['--', '-k', 'a', 'b'])
  })
})

describe('a flag whose value may begin with a dash', () => {
  it('takes it, in every spelling', async () => {
    const argv = ['-O', '-name', '--order', '-ID', '--order=-type', '-O', 'zone', 'ns']
    const { flags: read, argv: left } = await parsed(argv)
    expect(read.order).toEqual(['-name', '-ID', '-type', 'zone'])
    expect(left).toEqual(['ns'])
  })

  it.each([[['-O']], [['-O', '-n', '/acme']], [['-O', '--json']]])(
    'takes no flag for a value: %j',
    async (argv) => {
      await expect(parsed(argv)).rejects.toThrow(/expects a value/)
    },
  )
})

describe('--json=fields', () => {
  it('is JSON of those columns', async () => {
    expect((await parsed(['--json=name,ID', 'ns'])).flags).toMatchObject({
      json: true,
      column: ['name', 'ID'],
    })
  })

  it('takes no fields from the next word', async () => {
    const { flags: read, argv } = await parsed(['--json', 'name,ID'])
    expect(read.column).toBeUndefined()
    expect(argv).toEqual(['name,ID'])
  })
})
