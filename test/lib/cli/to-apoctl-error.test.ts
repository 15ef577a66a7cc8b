import { Flags, Parser } from '@oclif/core'
import { describe, expect, it } from 'vitest'
import { durationFlag } from '../../../src/lib/cli/flags/duration-flag.ts'
import { toApoctlError } from '../../../src/lib/cli/to-apoctl-error.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'

async function translated(argv: string[]): Promise<unknown> {
  const flags = {
    output: Flags.option({ options: ['json', 'table'] as const })({ char: 'o' }),
    wait: durationFlag({}),
    count: Flags.integer({ max: 3 }),
    token: Flags.string({ exclusive: ['creds'] }),
    creds: Flags.string(),
  }
  try {
    await Parser.parse(argv, { flags, args: {} })
  } catch (error) {
    return toApoctlError(error)
  }
  throw new Error('nothing was thrown')
}

describe('toApoctlError', () => {
  it.each([
    ['an unknown flag', ['--nope'], 'Nonexistent flag: --nope'],
    ['an argument too many', ['extra'], 'Unexpected argument: extra'],
    ['a value that is not offered', ['-o', 'xml'], 'Expected --output=xml to be one of: json, table'],
    ['a missing value', ['-o'], 'Flag --output expects one of these values: json, table'],
    [
      'a number too large',
      ['--count', '9'],
      '--count: Expected an integer less than or equal to 3 but received: 9',
    ],
    ['a flag given twice', ['--creds', 'a', '--creds', 'b'], 'Flag --creds can only be specified once'],
  ])('calls %s a usage error, in one line', async (_what, argv, message) => {
    expect(await translated(argv)).toMatchObject({ code: 'APO-USAGE', message, exitCode: 2 })
  })

  it('says of flags that exclude each other which they are', async () => {
    const error = await translated(['--token', 'a', '--creds', 'b'])
    expect(error).toMatchObject({ code: 'APO-USAGE' })
    expect((error as Error).message).toBe('--creds cannot also be provided when using --token')
  })

  it.each(['a secret', 'a=b --c=d', ''])(
    'does not say what the flags are that exclude each other: %j',
    async (value) => {
      const error = await translated(['--token', 'a', '--creds', value])
      expect((error as Error).message).toBe('--creds cannot also be provided when using --token')
    },
  )

  it('keeps code and hints of our own errors and names the flag they came from', async () => {
    expect(await translated(['--wait', 'soon'])).toMatchObject({
      code: 'APO-INPUT-VALUE',
      message: '--wait: "soon" is no duration',
      hints: ['Write it like 90s, 10m or 1h30m.'],
    })
  })

  it('leaves everything else as it is: that is a bug', () => {
    const bug = new TypeError('x is not a function')
    expect(toApoctlError(bug)).toBe(bug)
    expect(toApoctlError('a string')).toBe('a string')
    const known = new ApoctlError(['APO-USAGE', 'no'])
    expect(toApoctlError(known)).toBe(known)
  })
})
