import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { finished, startApoctl, type ApoctlRun, type RunOptions } from './run-apoctl.ts'

/** A login that waits for its browser. */
export interface LoginRun {
  readonly child: ChildProcessWithoutNullStreams
  /** Where the person is sent. */
  readonly address: string
  readonly ended: Promise<ApoctlRun>
}

/** Starts `apoctl auth …` and waits until it says where to log in. Fails when it ends before. */
export async function startLogin(words: string, options: RunOptions = {}): Promise<LoginRun> {
  const child = startApoctl(['auth', ...words.split(' ')], options)
  child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  const ended = finished(child)
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const [, found] = /log in at (\S+)\n/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then(({ exitCode }) => reject(new Error(`ended with ${exitCode}: ${said}`)))
  })
  return { child, address, ended }
}
