import { Flags, Parser } from '@oclif/core'
import { describe, expect, it } from 'vitest'
import { inheritedFlags, withInherited } from '../../../src/lib/cli/settings.ts'
import type { ProfileValue } from '../../../src/lib/credentials/profiles/profile.ts'

const definitions = {
  output: Flags.string({ char: 'o' }),
  json: Flags.boolean(),
  quiet: Flags.boolean({ char: 'q' }),
  colour: Flags.boolean({ allowNo: true, default: true }),
  namespace: Flags.string({ char: 'n', default: '/default', aliases: ['ns'], charAliases: ['N'] }),
  tag: Flags.string({ multiple: true }),
  host: Flags.string({ multiple: true, delimiter: ',' }),
  'api-cacert': Flags.string(),
}

interface Given {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly profile?: Readonly<Record<string, ProfileValue['value']>>
}

/** Parses as a command does, with the framework's own parser behind it. */
async function parsed({ argv = [], env = {}, profile = {} }: Given) {
  const lines = new Map(Object.entries(profile).map(([name, value]) => [name, { value, source: 'p.yaml:1' }]))
  const words = withInherited(argv, inheritedFlags({ definitions, argv }, { env, profile: lines }))
  const { flags, argv: args } = await Parser.parse(words, { flags: definitions, strict: false })
  return { ...flags, args }
}

describe('inheritedFlags', () => {
  const profile = { namespace: '/from/profile' }
  const env = { APOCTL_NAMESPACE: '/from/env' }
  it.each<[string, Given, string]>([
    ['the default when nobody says anything', {}, '/default'],
    ['the profile before the default', { profile }, '/from/profile'],
    ['the environment before the profile', { profile, env }, '/from/env'],
    ['a flag before all', { profile, env, argv: ['--namespace', '/typed'] }, '/typed'],
    ['a flag with =', { env, argv: ['--namespace=/typed'] }, '/typed'],
    ['a short flag', { env, argv: ['-n', '/typed'] }, '/typed'],
    ['a short flag with its value attached', { env, argv: ['-n/typed'] }, '/typed'],
    ['a short flag behind a switch', { env, argv: ['-qn', '/typed'] }, '/typed'],
    ['an alias', { env, argv: ['--ns', '/typed'] }, '/typed'],
    ['a one-letter alias', { env, argv: ['-N', '/typed'] }, '/typed'],
    [
      'the environment when the flag only stands behind --',
      { env, argv: ['--', '--namespace'] },
      '/from/env',
    ],
    ['the default when the variable is empty', { env: { APOCTL_NAMESPACE: '' } }, '/default'],
  ])('takes %s', async (_what, given, expected) => {
    expect(await parsed(given)).toMatchObject({ namespace: expected })
  })

  it('does not take the letter of one flag in the value of another for that flag', async () => {
    expect(await parsed({ env: { APOCTL_NAMESPACE: '/e' }, argv: ['-ojson'] })).toMatchObject({
      namespace: '/e',
      output: 'json',
    })
  })

  it('writes dashes of a flag as underscores in the variable', async () => {
    expect(await parsed({ env: { APOCTL_API_CACERT: 'ca.pem' } })).toMatchObject({ 'api-cacert': 'ca.pem' })
  })

  it.each(['1', 'true', 'TRUE', 'yes', 'on'])('switches on with %s', async (word) => {
    expect(await parsed({ env: { APOCTL_QUIET: word } })).toMatchObject({ quiet: true })
  })

  it.each(['0', 'false', 'No', 'off'])('leaves off with %s', async (word) => {
    const flags = await parsed({ env: { APOCTL_QUIET: word }, profile: { quiet: true } })
    expect(flags.quiet).toBeFalsy()
  })

  it('switches off what is on by default', async () => {
    expect(await parsed({ profile: { colour: false } })).toMatchObject({ colour: false })
    expect(await parsed({ profile: { colour: false }, argv: ['--colour'] })).toMatchObject({ colour: true })
    expect(await parsed({ env: { APOCTL_COLOUR: 'yes' }, argv: ['--no-colour'] })).toMatchObject({
      colour: false,
    })
  })

  it('refuses a switch that is neither on nor off, and names the variable', () => {
    expect(() =>
      inheritedFlags({ definitions, argv: [] }, { env: { APOCTL_QUIET: 'maybe' }, profile: new Map() }),
    ).toThrow(/--quiet: "maybe" is neither true nor false \(from the environment variable APOCTL_QUIET\)/)
  })

  it.each<[string, Given, { output?: string; json?: boolean }]>([
    ['-o beats APOCTL_JSON', { env: { APOCTL_JSON: '1' }, argv: ['-o', 'yaml'] }, { output: 'yaml' }],
    ['--json beats APOCTL_OUTPUT', { env: { APOCTL_OUTPUT: 'csv' }, argv: ['--json'] }, { json: true }],
    ['--json beats the profile', { profile: { output: 'csv' }, argv: ['--json'] }, { json: true }],
  ])('takes --json and --output for one setting: %s', async (_what, given, expected) => {
    const flags = await parsed(given)
    expect(flags).toMatchObject(expected)
    expect(flags.json ? 'json' : flags.output).toBe(expected.output ?? 'json')
    expect(flags.json && flags.output !== undefined).toBeFalsy()
  })

  it('takes a list of the profile for a flag that may be repeated', async () => {
    expect(await parsed({ profile: { tag: ['a=b', 'c=d'] } })).toMatchObject({ tag: ['a=b', 'c=d'] })
  })

  it('splits a variable where the flag itself would split', async () => {
    expect(await parsed({ env: { APOCTL_HOST: 'web1,web2' } })).toMatchObject({ host: ['web1', 'web2'] })
  })

  it('replaces, and does not extend, a list that is typed', async () => {
    expect(await parsed({ env: { APOCTL_TAG: 'a=b' }, argv: ['--tag', 'c=d'] })).toMatchObject({
      tag: ['c=d'],
    })
  })

  it('does not swallow arguments with a variable for a flag of several values', async () => {
    expect(await parsed({ env: { APOCTL_TAG: 'a=b' }, argv: ['web1', '--', 'web2'] })).toMatchObject({
      tag: ['a=b'],
      args: expect.arrayContaining(['web1', 'web2']),
    })
  })

  it('does not feed an inherited flag to a typed one that lacks its value', async () => {
    await expect(parsed({ env: { APOCTL_NAMESPACE: '/e' }, argv: ['--output'] })).rejects.toThrow(
      'Flag --output expects a value',
    )
  })

  it('leaves variables of other flags alone', () => {
    expect(
      inheritedFlags(
        { definitions, argv: [] },
        { env: { APOCTL_ELSE: 'x', NAMESPACE: 'y' }, profile: new Map() },
      ),
    ).toEqual([])
  })
})
