import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Starts an embedded Console on loopback; gives the environment that its clients need. */
export async function startConsole({ program, scratch }) {
  const port = await freePort()
  const dataDir = join(scratch, 'console')
  const child = spawn(
    process.execPath,
    [program, 'console', 'serve', '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir, '--quiet'],
    { env: { PATH: process.env.PATH, HOME: scratch }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const died = ended.then(([code]) => Promise.reject(new Error(`console serve exited ${code}`)))
  died.catch(() => undefined)
  const environment = { APOCTL_CONFIG_NAME: 'local' }
  for (let tries = 0; tries < 100; tries += 1) {
    const probe = spawn(process.execPath, [program, 'api', 'list', 'enforcers'], {
      env: { PATH: process.env.PATH, HOME: scratch, ...environment },
      stdio: 'ignore',
    })
    const [code] = await Promise.race([once(probe, 'exit'), died])
    if (code === 0) return { environment, stop }
    await wait(100)
  }
  await stop()
  throw new Error('the Console did not answer within ten seconds')
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
