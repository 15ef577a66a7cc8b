import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createLogFileReporter } from '../../../src/lib/cli/log-file-reporter.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import type { ProgressEvent } from '../../../src/lib/progress/progress-event.ts'

const folder = mkdtempSync(join(tmpdir(), 'apoctl-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('createLogFileReporter', () => {
  it('writes each event as one JSON line with its time, and shows it as well', () => {
    const file = join(folder, 'run.log')
    const shown: ProgressEvent[] = []
    const reporter = createLogFileReporter({ file, shown: { report: (event) => shown.push(event) } })
    const events: ProgressEvent[] = [
      { type: 'started', subject: 'web1', step: 'copy' },
      { type: 'debug', subject: 'web1', text: 'two\nlines' },
    ]
    for (const event of events) reporter.report(event)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      events.map((event) => ({ time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), ...event })),
    )
    expect(shown).toEqual(events)
  })

  it('makes a file that only its owner can read, under any umask', () => {
    const before = process.umask(0)
    try {
      const file = join(folder, 'private.log')
      createLogFileReporter({ file, shown: { report: () => undefined } })
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    } finally {
      process.umask(before)
    }
  })

  it('adds to what is there', () => {
    const file = join(folder, 'again.log')
    writeFileSync(file, '{"earlier":true}\n')
    createLogFileReporter({ file, shown: { report: () => undefined } }).report({
      type: 'note',
      subject: 'a',
      text: 'b',
    })
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"earlier":true\}\n\{"time":/)
  })

  it('refuses a file it cannot write before anything is done', () => {
    const open = () =>
      createLogFileReporter({ file: join(folder, 'no/such/folder.log'), shown: { report: () => undefined } })
    expect(open).toThrow(ApoctlError)
    expect(open).toThrow(/log file .*folder\.log cannot be written/)
  })
})
