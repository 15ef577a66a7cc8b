import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { startTestConsole, type TestConsole } from '../../helpers/console.ts'
import {
  runApoctl,
  runOnTerminal,
  runShell,
  scratchFolder,
  type ApoctlRun,
  type RunOptions,
} from '../../helpers/run-apoctl.ts'

/** The built program against a real Console, as the administrator, in the root namespace. */
export interface ApiScene {
  readonly console: TestConsole
  readonly env: Readonly<Record<string, string>>
  /** `apoctl api …`; words by blanks, or as they are. */
  readonly api: (words: string | readonly string[], options?: RunOptions) => Promise<ApoctlRun>
  terminal(words: readonly string[], options?: Parameters<typeof runOnTerminal>[1]): Promise<ApoctlRun>
  shell(line: string): Promise<ApoctlRun>
  /** Writes a file into the folder that commands run in, and gives its name. */
  file(name: string, text: string): string
  /** Writes a program there, and gives its path. */
  program(name: string, text: string): string
}

export function apiScene(): ApiScene {
  const scene: { console?: TestConsole; env: Record<string, string> } = { env: {} }
  beforeAll(async () => {
    const console = await startTestConsole()
    scene.console = console
    Object.assign(scene.env, {
      APOCTL_API: console.url,
      APOCTL_CREDS: console.adminCredentialPath,
      APOCTL_NAMESPACE: '/',
    })
  })
  afterAll(() => scene.console?.close())
  const withEnv = (options: RunOptions): RunOptions => ({ ...options, env: { ...scene.env, ...options.env } })
  const written = (name: string, text: string): string => {
    writeFileSync(join(scratchFolder(), name), text)
    return name
  }
  return {
    get console() {
      if (scene.console === undefined) throw new Error('the Console is not up yet')
      return scene.console
    },
    env: scene.env,
    api: (words, options = {}) =>
      runApoctl(['api', ...(typeof words === 'string' ? words.split(' ') : words)], withEnv(options)),
    terminal: (words, options = {}) =>
      runOnTerminal(['api', ...words], { ...options, env: { ...scene.env, ...options.env } }),
    shell: (line) => runShell(line, { env: scene.env }),
    file: written,
    program: (name, text) => {
      const path = join(scratchFolder(), written(name, text))
      chmodSync(path, 0o755)
      return path
    },
  }
}
