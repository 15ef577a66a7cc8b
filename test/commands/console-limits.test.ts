import { describe, expect, it } from 'vitest'
import { runApoctl } from '../helpers/run-apoctl.ts'

describe('limits of console serve', () => {
  it.each([
    ['--requests-per-second -1', '--requests-per-second: Expected an integer greater than or equal to 0'],
    ['--anonymous-requests-per-second many', 'Expected an integer but received: many'],
    ['--max-connections 1.5', 'Expected an integer but received: 1.5'],
    ['--max-connections-per-address 99999999999', 'Expected an integer less than or equal to 1000000'],
    ['--max-event-sockets=', 'Expected an integer but received'],
    ['--max-requests-at-once 0x10', 'Expected an integer but received: 0x10'],
  ])('refuses %s', async (flags, text) => {
    const run = await runApoctl(['console', 'serve', ...flags.split(' ')])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(text)
  })

  it('are in the unit where they are not the usual ones', async () => {
    const flags = ['--requests-per-second', '0', '--max-event-sockets', '64', '--max-connections', '20000']
    const run = await runApoctl(['console', 'serve', '--print-unit', ...flags])
    expect(run.stdout).toMatch(/^ExecStart=.* --requests-per-second 0 --max-connections 20000$/m)
    expect(run.stdout).not.toContain('--max-event-sockets')
  })
})
