import { describe, expect, it } from 'vitest'
import { resolveCommand } from '../../../src/lib/cli/command-table.ts'

const ids = [
  'explain',
  'preflight linux',
  'preflight kubernetes',
  'enforcer install linux',
  'enforcer upgrade linux',
  'enforcer status',
  'profiles',
  'profiles use',
  'appcred list',
  'autocomplete',
]
const resolve = (line: string) => resolveCommand(line.split(' ').filter(Boolean), ids)

describe('resolveCommand', () => {
  it.each([
    ['explain', 'explain', []],
    ['explain APO-USAGE --json', 'explain', ['APO-USAGE', '--json']],
    ['enforcer install linux --host web1', 'enforcer install linux', ['--host', 'web1']],
    ['preflight linux linux', 'preflight linux', ['linux']],
    ['preflight k8s', 'preflight kubernetes', []],
    ['profile', 'profiles', []],
    ['profiles set a', 'profiles use', ['a']],
    ['profile set set', 'profiles use', ['set']],
    ['profiles --json', 'profiles', ['--json']],
    ['appcreds list', 'appcred list', []],
    ['enforcer switch-to linux --host web1', 'enforcer upgrade linux', ['--host', 'web1']],
    ['completion bash', 'autocomplete', ['bash']],
    ['explain completion', 'explain', ['completion']],
    ['explain profile', 'explain', ['profile']],
    ['preflight linux-remote --host a', 'preflight linux', ['--host', 'a']],
  ])('takes the longest run of words that is a command: %s', (line, words, rest) => {
    expect(resolve(line)).toEqual({ type: 'command', words, rest })
  })

  it.each([
    ['', ''],
    ['--help', ''],
    ['-h', ''],
    ['help', ''],
    ['preflight', 'preflight'],
    ['preflight --help', 'preflight'],
    ['help preflight', 'preflight'],
    ['help enforcer install', 'enforcer install'],
    ['preflight linux --help', 'preflight linux'],
    ['preflight linux --host a -h', 'preflight linux'],
    ['help preflight k8s', 'preflight kubernetes'],
  ])('shows the help page that "%s" asks for', (line, words) => {
    expect(resolve(line)).toEqual({ type: 'help', words })
  })

  it('does not take what follows -- for a question for help', () => {
    expect(resolve('explain -- --help')).toEqual({
      type: 'command',
      words: 'explain',
      rest: ['--', '--help'],
    })
  })

  it.each(['--version', 'version', '--version --json'])(
    'knows "%s" as a question for the version',
    (line) => {
      expect(resolve(line)).toEqual({ type: 'version' })
    },
  )

  it.each([
    ['explian', 'explian', ['explain']],
    ['preflight lunix', 'preflight lunix', ['preflight linux']],
    ['help explian', 'explian', ['explain']],
    ['explian --help', 'explian', ['explain']],
    ['zzzzzz', 'zzzzzz', []],
  ])('does not know "%s" and says what is near', (line, words, meant) => {
    expect(resolve(line)).toEqual({ type: 'unknown', words, meant })
  })

  it.each([
    ['enforcer -n /acme status --json', 'enforcer status', ['-n', '/acme', '--json']],
    ['--namespace=/acme enforcer install linux', 'enforcer install linux', ['--namespace=/acme']],
    ['enforcer status -n', 'enforcer status', ['-n']],
  ])('takes a flag of the Console between the words: %s', (line, words, rest) => {
    expect(resolve(line)).toEqual({ type: 'command', words, rest })
  })

  it('does not take any other flag before the command', () => {
    expect(resolve('--json explain')).toEqual({ type: 'unknown', words: '--json', meant: [] })
  })

  it('does not take a part of a word for the word', () => {
    expect(resolve('pre')).toMatchObject({ type: 'unknown' })
  })
})
