import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaProblems } from '../helpers/json-schema.ts'
import {
  finished,
  runApoctl,
  runOnTerminal,
  runShell,
  scratchFolder,
  startApoctl,
  type ApoctlRun,
  type RunOptions,
  type TerminalOptions,
} from '../helpers/run-apoctl.ts'
import { fakeProgram } from './fake-build.ts'

// What every command does, whatever it is about: the built program for what it has, and the same code
// with commands made for tests for what real commands only do when something goes wrong.

let program: string
beforeAll(async () => {
  program = await fakeProgram()
})
afterAll(() => rmSync(program, { force: true }))

const fake = (line: string, options: RunOptions = {}): Promise<ApoctlRun> =>
  runApoctl(line.split(' ').filter(Boolean), { program, ...options })

const errorDocument = (run: ApoctlRun): Record<string, unknown> => {
  const document = JSON.parse(run.stderr) as Record<string, unknown>
  expect(schemaProblems('Error', document)).toEqual([])
  return document
}

describe('a usage error', () => {
  it.each([
    ['an unknown command', ['nosuch']],
    ['a misspelt command', ['explian']],
    ['an unknown flag', ['explain', '--nope']],
    ['a flag before the command', ['--nope']],
    ['a missing value', ['explain', '--timeout']],
    ['a value that is not offered', ['explain', '--output=xml']],
    ['a value that does not parse', ['explain', '--timeout', 'soon']],
    ['an argument too many', ['explain', 'APO-USAGE', 'APO-USAGE']],
    ['a value an action refuses', ['explain', 'APO-NONE']],
  ])('is the same with and without --json: %s', async (_what, argv) => {
    const [text, json] = await Promise.all([runApoctl(argv), runApoctl([...argv, '--json'])])
    expect(text).toMatchObject({ exitCode: 2, stdout: '' })
    expect(json).toMatchObject({ exitCode: 2, stdout: '' })
    expect(text.stderr).toMatch(/^error: .* \(APO-[A-Z-]+\)\n {2}→ .*\n$/)
    const document = errorDocument(json)
    expect(document).toMatchObject({ apiVersion: 'apoctl/v1', kind: 'Error', exitCode: 2 })
    expect(text.stderr).toContain(`error: ${document['message'] as string} (${document['code'] as string})`)
    expect(text.stderr + json.stderr).not.toMatch(/\n\s+at |node_modules/)
  })

  it('is JSON for every spelling of the wish for JSON', async () => {
    for (const wish of [['-o', 'json'], ['-ojson'], ['--output=json'], ['--json']])
      errorDocument(await runApoctl(['explain', 'APO-NONE', ...wish]))
    errorDocument(await runApoctl(['explain', 'APO-NONE'], { env: { APOCTL_OUTPUT: 'json' } }))
    errorDocument(await runApoctl(['nosuch', '-o', 'json']))
  })

  it('says what may have been meant', async () => {
    expect((await runApoctl(['explian'])).stderr).toContain('→ Did you mean: apoctl explain')
  })

  it.each([
    ['APOCTL_OUTPUT', 'xml', 'Expected --output=xml to be one of'],
    ['APOCTL_TIMEOUT', 'soon', '--timeout: "soon" is no duration'],
    ['APOCTL_JSON', 'maybe', '--json: "maybe" is neither true nor false'],
  ])('names the variable a wrong value came from: %s', async (variable, value, message) => {
    const run = await runApoctl(['explain'], { env: { [variable]: value } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(message)
    expect(run.stderr).toContain(`(from the environment variable ${variable})`)
  })

  it('names file and line of the profile a wrong value came from', async () => {
    const file = join(scratchFolder(), 'p.yaml')
    writeFileSync(file, 'api: https://c\noutput: xml\n')
    const run = await fake(`console rows --config ${file}`)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(
      `Expected --output=xml to be one of: table, json, yaml, jsonl, none (from ${file}:2)`,
    )
  })

  it('names file and line of a profile that does not parse', async () => {
    const home = join(scratchFolder(), 'home-wrong')
    mkdirSync(join(home, '.apoctl'), { recursive: true })
    writeFileSync(join(home, '.apoctl/default.yaml'), '# profile\nnamespce: /a\n')
    const run = await fake('console rows --json', { env: { HOME: home } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(errorDocument(run)).toMatchObject({
      code: 'APO-INPUT-FILE',
      message: `${home}/.apoctl/default.yaml:2: "namespce" is not a setting of a profile`,
    })
  })

  it('does not read the profile for a command that has no use for it', async () => {
    const home = join(scratchFolder(), 'home-wrong')
    expect(await fake('rows', { env: { HOME: home } })).toMatchObject({ exitCode: 0 })
  })
})

describe('the exit code', () => {
  it.each([0, 1, 3, 4, 5])('is what the report says, with and without --json: %i', async (verdict) => {
    const runs = await Promise.all(['', ' --json'].map((more) => fake(`rows --verdict ${verdict}${more}`)))
    for (const run of runs) expect(run).toMatchObject({ exitCode: verdict, stderr: '' })
  })

  it('is what the report says, in every format', async () => {
    const formats = ['table', 'yaml', 'jsonl', 'none']
    const runs = await Promise.all(formats.map((format) => fake(`rows --verdict 5 -o ${format}`)))
    expect(runs.map((run) => run.exitCode)).toEqual([5, 5, 5, 5])
    expect(runs.map((run) => run.stdout === '')).toEqual([false, false, false, true])
  })

  it('is the one of the error, with and without --json', async () => {
    expect(await fake('fail known')).toMatchObject({ exitCode: 3, stdout: '' })
    const run = await fake('fail known --json')
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
    expect(errorDocument(run)).toMatchObject({ code: 'APO-API-AUTH' })
  })

  it.each([
    ['thrown', 'fail bug', /apoctl has a bug: TypeError: Cannot read properties of undefined/],
    ['thrown in a callback', 'fail bug callback', /apoctl has a bug: TypeError: thrown past everybody/],
    [
      'rejected with nobody waiting',
      'fail bug rejection',
      /apoctl has a bug: RangeError: nobody waits for me/,
    ],
    [
      'waiting for what never happens',
      'fail bug never',
      /apoctl has a bug: Error: the run ended before its command did/,
    ],
    ['throwing something that is no error', 'fail bug string', /apoctl has a bug: a mere string/],
  ])('is 70 for a bug, and a report is asked for: %s', async (_what, line, message) => {
    const [run, json] = await Promise.all([fake(line), fake(`${line} --json`)])
    expect(run.exitCode).toBe(70)
    expect(run.stderr).toMatch(message)
    expect(run.stderr).toMatch(/→ Please report it: the command line, the output of apoctl --version/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(json.exitCode).toBe(70)
    expect(errorDocument(json)).toMatchObject({ code: 'APO-BUG', exitCode: 70 })
  })

  it('shows the stack of a bug with --verbose', async () => {
    expect((await fake('fail bug --verbose')).stderr).toMatch(/caused by: TypeError.*\n\s+at /)
    expect((await fake('fail bug', { env: { APOCTL_VERBOSE: '1' } })).stderr).toMatch(/\n\s+at /)
  })

  it('cleans up after a bug', async () => {
    expect((await fake('fail bug callback')).stdout).toBe('cleaned up\n')
  })
})

describe('standard output', () => {
  it('carries the result and nothing else', async () => {
    const run = await fake('steps -o json')
    expect(JSON.parse(run.stdout)).toMatchObject({ apiVersion: 'apoctl/v1', kind: 'Rows' })
    expect(run.stderr).toBe('warning: web1: little memory\nweb1: copy: ok\n')
  })

  it('is the same whatever else is said', async () => {
    const [plain, quiet, verbose] = await Promise.all([
      fake('steps'),
      fake('steps --quiet'),
      fake('steps --verbose'),
    ])
    expect(quiet.stdout).toBe(plain.stdout)
    expect(verbose.stdout).toBe(plain.stdout)
    expect(quiet.stderr).toBe('warning: web1: little memory\n')
    expect(verbose.stderr).toBe('warning: web1: little memory\nweb1: ran true\nweb1: copy: ok\n')
  })

  it('has no escape codes and no borders on a pipe', async () => {
    const run = await fake('steps', { env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' } })
    expect(run.stdout + run.stderr).not.toMatch(/[\u001b\u2500-\u257f]/)
  })

  it('is coloured on a pipe when asked for', async () => {
    expect((await fake('rows', { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[32mok')
  })

  it('arrives whole in a pipe that is read slowly', async () => {
    const child = startApoctl(['rows', '-o', 'json', '--rows', '4000', '--size', '400'], { program })
    child.stdin.end()
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      child.stdout.pause()
      setTimeout(() => child.stdout.resume(), 20)
    })
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
    expect(text.length).toBeGreaterThan(1_500_000)
    expect((JSON.parse(text) as { rows: unknown[] }).rows).toHaveLength(4000)
  })

  it('arrives whole in a shell pipe whose reader sleeps first', async () => {
    const run = await runShell('$APOCTL rows -o json --rows 4000 --size 400 | { sleep 1; wc -c; }', {
      program,
    })
    expect(Number(run.stdout)).toBeGreaterThan(1_500_000)
  })

  it('may be closed early without a word', async () => {
    const run = await runShell(
      '{ $APOCTL rows -o json --rows 4000 --size 400; echo "exit $?" >&2; } | head -1',
      {
        program,
      },
    )
    expect(run).toMatchObject({ stdout: '{\n', stderr: 'exit 0\n' })
  })

  it('may be closed together with standard error', async () => {
    const run = await runShell(
      '{ $APOCTL steps --rows 4000 --size 400 2>&1; echo "exit $?" >&3; } 3>&2 | true',
      {
        program,
      },
    )
    expect(run.stderr).toBe('exit 0\n')
  })

  it.runIf(process.platform === 'linux')('that is lost is no success', async () => {
    const run = await runShell('$APOCTL rows > /dev/full', { program })
    expect(run.exitCode).toBe(4)
    expect(run.stderr).toMatch(/^error: standard output cannot be written: ENOSPC.*\(APO-OUTPUT-LOST\)/)
  })
})

describe('an error', () => {
  it('shows no secret and no escape code, not even with --verbose', async () => {
    const runs = await Promise.all(
      ['fail known', 'fail known --verbose', 'fail known --json'].map((one) => fake(one)),
    )
    for (const { stdout, stderr } of runs) {
      expect(stdout).toBe('')
      expect(stderr).not.toMatch(/planted|\u001b/)
    }
  })

  it('shows its causes with --verbose', async () => {
    expect((await fake('fail known --verbose')).stderr).toMatch(
      /caused by: Error: 401 Authorization: Bearer \[redacted\]/,
    )
  })

  it('shows no token that came from the environment', async () => {
    const run = await fake('console rows --nope --verbose', { env: { APOCTL_TOKEN: 'planted-token-value' } })
    expect(run.exitCode).toBe(2)
    expect(run.stdout + run.stderr).not.toContain('planted-token-value')
  })
})

describe('a run that is asked to stop', () => {
  async function stopped(argv: readonly string[], signals: readonly NodeJS.Signals[]): Promise<ApoctlRun> {
    const child = startApoctl(argv, { program })
    const end = finished(child)
    await once(child.stderr, 'data')
    for (const signal of signals) {
      child.kill(signal)
      await wait(150)
    }
    return end
  }

  it.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 143, 'asked to stop'],
  ] as const)('cleans up and says so: %s', async (signal, exitCode, word) => {
    for (const more of [[], ['--json']]) {
      const run = await stopped(['wait', ...more], [signal])
      expect(run).toMatchObject({ exitCode, stdout: 'cleaned up\n' })
      expect(run.stderr).toContain(`stopped: ${word}`)
    }
  })

  it('has been interrupted even when it ends in good order', async () => {
    expect(await stopped(['wait', 'gracefully'], ['SIGTERM'])).toMatchObject({ exitCode: 143 })
  })

  it('ends at once the second time', async () => {
    expect(await stopped(['wait', 'deaf'], ['SIGINT', 'SIGINT'])).toMatchObject({ exitCode: 130 })
  })

  it('by --timeout has not been able to tell', async () => {
    const run = await fake('wait --timeout 200ms')
    expect(run).toMatchObject({ exitCode: 4, stdout: 'cleaned up\n' })
    expect(run.stderr).toContain('stopped: the time given by --timeout is over')
  })
})

describe('a question', () => {
  it('is a usage error without a terminal, and names the flag', async () => {
    const run = await fake('ask')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toMatch(/nobody can be asked "Go on\?" \(APO-INPUT-MISSING\)\n {2}→ Give --confirm\./)
  })

  it('takes no answer from a pipe', async () => {
    expect(await fake('ask', { stdin: 'y\n' })).toMatchObject({ exitCode: 2 })
  })
})

describe('--log-file', () => {
  it('gets every event, whatever is shown, in a file of its owner alone', async () => {
    const file = join(scratchFolder(), 'run.log')
    const run = await fake(`steps --quiet --log-file ${file}`)
    expect(run.exitCode).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const events = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'started',
      'warning',
      'debug',
      'finished',
    ])
  })

  it('that cannot be written is an error before anything is done', async () => {
    const run = await fake('steps --log-file /no/such/folder/run.log')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toMatch(
      /the log file \/no\/such\/folder\/run\.log cannot be written \(APO-INPUT-FILE\)/,
    )
    expect(run.stderr).not.toContain('web1')
  })
})

describe.runIf(process.platform === 'linux')('on a terminal', () => {
  const onTerminal = (line: string, options: TerminalOptions = {}): Promise<ApoctlRun> =>
    runOnTerminal(line.split(' '), { program, ...options })
  const escape = '\u001b['

  it('colours the result', async () => {
    expect((await onTerminal('rows')).stdout).toContain(`${escape}32mok`)
  })

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('does not colour with %j', async (env) => {
    expect((await onTerminal('rows', { env })).stdout).not.toContain(escape)
  })

  it('redraws one live line, and keeps what must stay readable', async () => {
    const run = await onTerminal('steps')
    expect(run.stdout).toContain(`${escape}?25l`)
    expect(run.stdout).toContain('little memory')
    expect(run.stdout.endsWith(`${escape}?25l`)).toBe(false)
    expect(run.stdout.lastIndexOf(`${escape}?25h`)).toBeGreaterThan(run.stdout.lastIndexOf(`${escape}?25l`))
  })

  it.each([{ CI: 'true' }, { TERM: 'dumb' }])('draws no live line with %j', async (env) => {
    const run = await onTerminal('steps', { env })
    expect(run.stdout).not.toContain(`${escape}?25l`)
    expect(run.stdout).toContain('web1: copy:')
  })

  it('asks, and takes the answer', async () => {
    const run = await onTerminal('ask', { stdin: 'y\r', after: 'Go on?' })
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('Go on?')
    expect(run.stdout).toContain('went on')
  })

  it('does not ask with --no-input', async () => {
    const run = await onTerminal('ask --no-input')
    expect(run.exitCode).toBe(2)
    expect(run.stdout).toContain('nobody can be asked "Go on?"')
  })

  it('is interrupted by Ctrl-C at a question', async () => {
    const run = await onTerminal('ask', { stdin: '\u0003', after: 'Go on?' })
    expect(run.exitCode).toBe(130)
  })
})
