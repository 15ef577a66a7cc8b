import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { writeSync } from 'node:fs'
import type { ChildAnswer, ChildRequest } from './child-message.ts'

/*
 * A program of its own, built to dist/keyring-child.cjs: asks the keyring one thing and ends. The library waits
 * for a bus that hangs, and for dialogs, where no signal of Node reaches it; so it does that on a second thread,
 * and the first one ends the process when whoever started it is gone: then standard input ends.
 */

/** Under this name keyrings keep what is ours. */
const service = 'apoctl'

if (isMainThread) watch()
else void answer(workerData as ChildRequest)

function watch(): void {
  let line = ''
  process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
    line += chunk
    if (!line.endsWith('\n')) return
    const worker = new Worker(__filename, { workerData: JSON.parse(line) as unknown })
    worker.once('exit', () => process.stdin.destroy())
  })
  process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'))
}

async function answer(request: ChildRequest): Promise<void> {
  // Synchronously, past the first thread: when this returns it has been said.
  writeSync(1, `${JSON.stringify(await ask(request))}\n`)
}

async function ask(request: ChildRequest): Promise<ChildAnswer> {
  let library
  try {
    library = await import('@napi-rs/keyring')
  } catch (error) {
    return { ok: false, failed: 'loading', why: textOf(error) }
  }
  try {
    // Without the pin it would quietly use the kernel's keyring instead, which is empty after the next start.
    const pin = { linux: { store: 'secret-service' } } as const
    const entry = new library.Entry(service, request.account, pin)
    if (request.action === 'remove') entry.deleteCredential()
    if (request.action === 'store') entry.setSecret(Buffer.from(request.secret, 'base64'))
    if (request.action !== 'fetch') return { ok: true }
    const found = entry.getSecret()
    return { ok: true, ...(found !== null && { secret: Buffer.from(found).toString('base64') }) }
  } catch (error) {
    return { ok: false, failed: 'asking', why: textOf(error) }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
