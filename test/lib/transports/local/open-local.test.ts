import { execFileSync } from 'node:child_process'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'

describe('commands on this machine', () => {
  const transport = openLocal({ environment: { PATH: '/usr/bin:/bin', GREETING: 'hello' } })
  const runs = (words: string) => execFileSync('ps', ['axo', 'args'], { encoding: 'utf8' }).includes(words)
  // What was ended is gone a moment later; a machine may run these tests more than once at a time.
  const mine = (seconds: number) => `sleep ${seconds}.${process.pid}`
  const isGone = (words: string) => vi.waitFor(() => expect(runs(words)).toBe(false), 10_000)

  it('returns what a command printed and how it ended', async () => {
    const result = await transport.run({ command: 'cat; echo err >&2; exit 3', stdin: 'in' })
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: Buffer.from('in'),
      stderr: Buffer.from('err\n'),
    })
  })

  it('gives commands the environment it was made with, and nothing else', async () => {
    const { stdout } = await transport.run({ command: 'echo $GREETING; env | wc -l' })
    const [greeting, count] = stdout.toString().trim().split('\n')
    expect(greeting).toBe('hello')
    expect(Number(count)).toBeLessThanOrEqual(6)
  })

  it('tells by which signal a command ended', async () => {
    expect(await transport.run({ command: 'kill -KILL $$' })).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
    })
  })

  it('keeps no more output than asked for', async () => {
    const result = await transport.run({ command: 'head -c 3000000 /dev/zero' }, { maxOutputBytes: 10 })
    expect(result).toMatchObject({ exitCode: 0, truncated: true })
    expect(result.stdout).toHaveLength(10)
  })

  it('streams both ways', async () => {
    const sink = new PassThrough()
    const received = text(sink)
    await transport.run({
      command: 'tr a-z A-Z',
      stdin: Readable.from([Buffer.from('ab'), Buffer.from('cd')]),
      stdout: sink,
    })
    expect(await received).toBe('ABCD')
  })

  it('survives a command that does not read its input', async () => {
    expect(await transport.run({ command: 'exec true', stdin: Buffer.alloc(5_000_000) })).toMatchObject({
      exitCode: 0,
    })
  })

  it('ends the whole group when the time is up, also what ignores being asked', async () => {
    const command = `${mine(4343)} & trap "" TERM; ${mine(4344)}; ${mine(4344)}`
    const attempt = transport.run({ command }, { timeoutMs: 200 })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-TIMEOUT' })
    await isGone(mine(4343))
    await isGone(mine(4344))
  })

  it('ends a command when the caller aborts, with the reason of the caller', async () => {
    const controller = new AbortController()
    const attempt = transport.run({ command: mine(4345) }, { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(attempt).rejects.toThrow('enough')
    await isGone(mine(4345))
  })

  it('ends what runs when it is closed', async () => {
    const other = openLocal({ environment: {} })
    const attempt = other.run({ command: 'exec /bin/sleep 4346' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await other.close()
    expect(await attempt).toMatchObject({ signal: 'SIGTERM' })
  })
})
