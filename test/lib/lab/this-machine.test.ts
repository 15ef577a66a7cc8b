import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createThisMachine } from '../../../src/lib/lab/machine/this-machine.ts'

const machine = createThisMachine()

test('a tool gets its input, and what it says and how it ends is a result', async () => {
  const result = await machine.run(['sh', '-c', 'cat; echo oops >&2; exit 3'], {
    stdin: 'hi',
    timeoutMs: 5000,
  })
  expect(result).toEqual({ exitCode: 3, stdout: 'hi', stderr: 'oops\n' })
})

test('a tool that does not exist is a result, too', async () => {
  expect((await machine.run(['no-such-tool'], { timeoutMs: 5000 })).exitCode).toBeNull()
  expect(await machine.has('no-such-tool')).toBe(false)
  expect(await machine.has('sh')).toBe(true)
})

test('tools see nothing of the environment but how to reach a mirror', async () => {
  const environment = { http_proxy: 'http://proxy:3128', SECRET: 'planted' }
  const { stdout } = await createThisMachine(environment).run(['env'], { timeoutMs: 5000 })
  expect(stdout).toContain('http_proxy=http://proxy:3128')
  expect(stdout).not.toContain('planted')
  expect(stdout).not.toContain('HOME=')
})

test('a tool that takes too long is ended with its children', async () => {
  const begun = performance.now()
  const result = await machine.run(['sh', '-c', 'sleep 30 & sleep 30'], { timeoutMs: 100 })
  expect(result.exitCode).toBeNull()
  expect(performance.now() - begun).toBeLessThan(4000)
})

test('an interrupted run ends the tool and rejects with the reason', async () => {
  const controller = new AbortController()
  const run = machine.run(['sleep', '30'], { signal: controller.signal, timeoutMs: 60_000 })
  await wait(50)
  controller.abort(new Error('stop'))
  await expect(run).rejects.toThrow('stop')
})

test('a detached tool runs in a session of its own and writes to its log', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lab-machine-'))
  try {
    const log = join(directory, 'log')
    await machine.startDetached({
      argv: ['sh', '-c', 'echo $$; cut -d" " -f6 /proc/$$/stat; pwd; env'],
      directory,
      environment: { ONLY: 'this', PATH: '/usr/bin:/bin' },
      log,
    })
    await expect.poll(() => readFile(log, 'utf8')).toContain('ONLY=this')
    const [pid, session, where] = (await readFile(log, 'utf8')).split('\n')
    expect(session).toBe(pid)
    expect(where).toBe(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
})
