import { expect, it } from 'vitest'
import { effectiveWords, type RawToken } from '../../../src/lib/cli/effective-words.ts'
import { resumedFlags } from '../../../src/lib/cli/settings.ts'

const definitions = {
  host: { type: 'option', char: 'H' },
  token: { type: 'option', char: 't' },
  output: { type: 'option', char: 'o' },
  json: { type: 'boolean' },
  confirm: { type: 'boolean' },
  'no-input': { type: 'boolean' },
  wait: { type: 'boolean', allowNo: true },
  resume: { type: 'option' },
} as never
const flag = (name: string, input: string): RawToken => ({ type: 'flag', flag: name, input })

it('gives the flags of a run once more, but neither its secrets nor what it went on with', () => {
  const raw = [
    flag('host', 'root@web1'),
    flag('host', '-odd'),
    flag('token', 'eyJ-secret'),
    flag('resume', 'last'),
    flag('confirm', '--confirm'),
    flag('wait', '--no-wait'),
  ]
  expect(effectiveWords(raw, definitions)).toEqual([
    '--host=root@web1',
    '--host=-odd',
    '--confirm',
    '--no-wait',
  ])
})

it('leaves to an earlier run what is not typed anew, in either spelling', () => {
  const run = {
    words: ['--host=a', '--host=b', '--no-input', '--no-wait', '--output=junit'],
    source: 'run 1',
  }
  const left = (argv: readonly string[]) =>
    resumedFlags({ definitions, argv }, run).flatMap(({ tokens }) => tokens)
  expect(left([])).toEqual(run.words)
  expect(left(['-H', 'c', '--json'])).toEqual(['--no-input', '--no-wait'])
  expect(left(['--wait', '--no-input'])).toEqual(['--host=a', '--host=b', '--output=junit'])
})
