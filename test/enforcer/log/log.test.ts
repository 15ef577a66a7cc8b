import { describe, expect, it } from 'vitest'
import { createLog, errorFields, type LogOptions } from '../../../src/enforcer/log/log.ts'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { createRedactor } from '../../../src/lib/secrets/redactor.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

function open(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const log = createLog(
    { level: 'info', format: 'human', journal: false, ...options },
    {
      write: (line) => lines.push(line),
      nowMs: () => Date.parse('2026-01-02T03:04:05Z'),
      redactor: createRedactor([new Secret('planted-secret')]),
    },
  )
  return { log, lines }
}

describe('the log', () => {
  it('writes one line for people, with time and level', () => {
    const { log, lines } = open()
    log.info('enforcer created', { id: 'abc', name: 'web 1', none: undefined })
    expect(lines).toEqual(['2026-01-02T03:04:05.000Z INFO  enforcer created id=abc name="web 1"'])
  })

  it('leaves time to the journal and gives it the priority', () => {
    const { log, lines } = open({ journal: true })
    log.warn('late')
    expect(lines).toEqual(['<4>late'])
  })

  it('writes JSON that parses', () => {
    const { log, lines } = open({ format: 'json' })
    log.error('bad', { count: 3 })
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-01-02T03:04:05.000Z',
      level: 'error',
      event: 'bad',
      count: 3,
    })
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = open({ level: 'warn' })
    log.info('no')
    log.debug('no')
    log.warn('yes')
    expect(lines).toHaveLength(1)
  })

  it('makes one line of many, and keeps it short', () => {
    const { log, lines } = open()
    log.info('a\nb', { text: 'x'.repeat(20_000) })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(lines[0]?.length).toBeLessThanOrEqual(8192)
  })

  it.each(['human', 'json'] as const)('never writes a secret as %s', (format) => {
    const { log, lines } = open({ format })
    log.error('got planted-secret', { header: 'Bearer eyJhbGciOiJF.eyJzdWIiOiJh.c2ln' })
    expect(lines.join()).not.toMatch(/planted-secret|eyJzdWIi/)
  })

  it('names the code of an error we know, and where one came from that we do not', () => {
    expect(errorFields(new ApoctlError(['APO-API-AUTH', 'no']))).toEqual({
      code: 'APO-API-AUTH',
      reason: 'no',
    })
    expect(errorFields(new TypeError('oops'))).toMatchObject({ code: 'bug' })
    expect(String(errorFields(new TypeError('oops'))['reason'])).toContain('log.test.ts')
  })
})
