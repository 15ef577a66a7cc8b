import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elevated } from '../../../../src/lib/platforms/linux/elevated.ts'
import { runScript } from '../../../../src/lib/platforms/linux/run-script.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import { needs, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

const shells = {
  root: '/bin/sh',
  plain: '/bin/sh',
  basher: '/bin/bash',
  fishy: '/usr/bin/fish',
  csher: '/bin/tcsh',
} as const

describe.each(Object.keys(shells))('scripts for %s', (user) => {
  let host: TestSshd
  let transport: Transport

  beforeAll(async () => {
    needs('fish', 'tcsh')
    const users = Object.entries(shells).map(([name, shell]) => ({
      name,
      shell,
      sudo: 'ALL=(ALL) NOPASSWD: ALL',
    }))
    host = await startSshd({ users })
    transport = await connectTo(host, { user })
  })
  afterAll(async () => {
    await transport.close()
    await host.stop()
  })

  it('hands a script its arguments exactly, and empty input', async () => {
    const args = ['', 'a b', "it's", '"$HOME" `id` !! \\', '*', '-n', 'línea\nnueva']
    const { stdout, exitCode } = await runScript(transport, {
      text: 'printf "%s\\0" "$@"; cat; exit 5',
      args,
    })
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(args)
    expect(exitCode).toBe(5)
  })

  it('runs nothing of a script that did not arrive whole', async () => {
    const marker = join(host.home(user), 'half')
    const half = `set --\n{\ntouch ${marker}\n`
    await transport.run({ command: 'exec sh -s', stdin: half })
    expect(existsSync(marker)).toBe(false)
  })

  it.each(['as itself', 'as root'])(
    'ends a script and what it started when its time is up, %s',
    async (who) => {
      const on = who === 'as root' ? elevated(transport, { method: 'sudo' }) : transport
      const text = 'sleep 4747 & (sleep 4748; sleep 4749)'
      await expect(runScript(on, { text, timeoutMs: 400 })).rejects.toMatchObject({
        code: 'APO-HOST-TIMEOUT',
      })
      const { stdout } = await transport.run({ command: 'ps ax -o args' })
      expect(stdout.toString()).not.toMatch(/sleep 474/)
      expect((await runScript(on, { text: 'echo still here' })).stdout.toString()).toBe('still here\n')
    },
  )

  it('runs scripts far longer than a command line may be', async () => {
    const filler = Array.from({ length: 30_000 }, (_, line) => `: line ${line}`).join('\n')
    const { stdout } = await runScript(transport, { text: `${filler}\necho done` })
    expect(stdout.toString()).toBe('done\n')
  })
})
