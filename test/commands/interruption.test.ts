import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { finished, scratchFolder, startApoctl } from '../helpers/run-apoctl.ts'

// Real commands, stopped in the middle of what they do.

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Takes connections and never says a word. */
async function silentPort(): Promise<{ port: number; connected: Promise<unknown> }> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, connected: once(server, 'connection') }
}

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

describe.each(signals)('%s', (signal, exitCode) => {
  it('ends a preflight that waits for a silent host', async () => {
    const { port, connected } = await silentPort()
    const child = startApoctl(['preflight', 'linux', '--host', `ann@127.0.0.1:${port}`])
    const end = finished(child)
    await connected
    child.kill(signal)
    const run = await end
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toContain('stopped: ')
  })

  it('ends a Console that serves', async () => {
    const child = startApoctl(
      ['console', 'serve', '--listen', '127.0.0.1:0', '--data-dir', join(scratchFolder(), 'console')],
      { env: { APOCTL_HOME: join(scratchFolder(), 'apoctl-home') } },
    )
    const end = finished(child)
    await once(child.stdout, 'data')
    child.kill(signal)
    expect(await end).toMatchObject({ exitCode })
  })
})

describe('--timeout', () => {
  it('ends a preflight that waits for a silent host, and says so', async () => {
    const { port } = await silentPort()
    const run = await finished(
      startApoctl(['preflight', 'linux', '--host', `ann@127.0.0.1:${port}`, '--timeout', '1s']),
    )
    expect(run.exitCode).toBe(4)
    expect(run.stderr).toContain('--timeout')
  })
})
