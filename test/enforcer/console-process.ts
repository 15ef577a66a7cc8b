import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { parseAppCredentialFile, type AppCredentialFile } from '../../src/contract/app-credential-file.ts'

/** A Console that can be ended in every way and started again with the port and the data that it had. */
export interface ConsoleProcess {
  readonly url: string
  readonly caPath: string
  readonly caPem: string
  readonly adminCredential: AppCredentialFile
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  startAgain(options?: { readonly maxTokenValidityMs?: number }): Promise<void>
}

interface Facts {
  readonly url: string
  readonly caPath: string
  readonly caPem: string
  readonly adminCredentialPath: string
}

export async function startConsoleProcess(dataDir: string): Promise<ConsoleProcess> {
  const first = await launch([dataDir])
  let { child } = first
  const { facts } = first
  const credential = parseAppCredentialFile(await readFile(facts.adminCredentialPath, 'utf8'))
  if (!credential.ok) throw new Error(credential.problem)
  return {
    ...facts,
    adminCredential: credential.value,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    },
    async startAgain({ maxTokenValidityMs } = {}) {
      const options = maxTokenValidityMs === undefined ? [] : [String(maxTokenValidityMs)]
      ;({ child } = await launch([dataDir, new URL(facts.url).port, ...options]))
    },
  }
}

async function launch(
  args: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly facts: Facts }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/enforcer/serve-console.ts', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the Console ended with ${String(code)}`))),
  ])) as [Buffer]
  return { child, facts: JSON.parse(line.toString()) as Facts }
}
