import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runEnforcer } from '../../src/enforcer/run-enforcer.ts'
import { systemClock } from '../../src/lib/async/clock.ts'
import { openConsole } from '../../src/lib/api/open-console.ts'
import { enforcers } from '../../src/lib/api/endpoints/enforcers.ts'
import { processingUnits } from '../../src/lib/api/endpoints/processing-units.ts'
import { appCredentials } from '../../src/lib/api/endpoints/app-credentials.ts'
import { namespaces } from '../../src/lib/api/endpoints/namespaces.ts'
import type { ConsoleClient } from '../../src/lib/api/console-client.ts'
import { toLoginCredential } from '../../src/lib/api/login-credential.ts'
import { issueTestToken } from '../helpers/console.ts'
import type { ConsoleProcess } from './console-process.ts'

export const namespace = '/acme'

/** The administrator's view of a Console, in the namespace the enforcers of these tests live in. */
export async function administrate(
  console: Pick<ConsoleProcess, 'url' | 'adminCredential'>,
): Promise<ConsoleClient> {
  const login = { kind: 'app-credential', credential: toLoginCredential(console.adminCredential) } as const
  const world = { clock: systemClock, random: Math.random }
  const client = openConsole({ api: console.url, namespace, login }, world)
  if ((await namespaces(client).count({ namespace: '/' })) === 0)
    await namespaces(client).create({ name: namespace.slice(1) }, { namespace: '/' })
  return client
}

/** What `enforcer install` gives an enforcer to register with. */
export function registrationToken(
  console: Pick<ConsoleProcess, 'url' | 'caPem' | 'adminCredential'>,
  validity = '30m',
): Promise<string> {
  return issueTestToken(console, {
    credential: console.adminCredential,
    more: { validity, restrictedNamespace: namespace, restrictedPermissions: ['@auth:role=enforcer'] },
  })
}

/** Everything the Console has of enforcers, as short lines. */
export async function inventory(client: ConsoleClient) {
  const all = async <Entity>(items: AsyncIterable<Entity>): Promise<Entity[]> => {
    const list: Entity[] = []
    for await (const item of items) list.push(item)
    return list
  }
  return {
    enforcers: await all(enforcers(client).list()),
    units: await all(processingUnits(client).list()),
    credentials: await all(appCredentials(client).list()),
  }
}

export interface RunningEnforcer {
  readonly lines: string[]
  /** Settles when the enforcer is over. */
  readonly over: Promise<void>
  stop(): Promise<void>
}

/** A host with a folder of its own, on which an enforcer can be started again and again. */
export interface EnforcerHost {
  readonly folder: string
  readonly configurationFile: string
  configure(settings: Record<string, string>): Promise<void>
  read(file: string): Promise<string>
  /** In this process. */
  start(): RunningEnforcer
  /** As a process of its own, the way the unit starts it. */
  startProcess(): { readonly child: ChildProcess; readonly lines: string[] }
  remove(): Promise<void>
}

export async function makeHost(): Promise<EnforcerHost> {
  const folder = await mkdtemp(join(tmpdir(), 'enforcer-host-'))
  const root = join(folder, 'root')
  const configurationFile = join(folder, 'prisma-enforcer.conf')
  await mkdir(join(root, 'etc'), { recursive: true })
  await writeFile(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`)
  await writeFile(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n')
  return {
    folder,
    configurationFile,
    async configure(settings) {
      const lines = Object.entries({
        ENFORCERD_POKE_INTERVAL: '200ms',
        ENFORCERD_NAMESPACE: namespace,
        ...settings,
      })
      await writeFile(configurationFile, lines.map(([key, value]) => `${key}=${value}\n`).join(''))
      await chmod(configurationFile, 0o644)
    },
    read: (file) => readFile(join(folder, file), 'utf8'),
    start() {
      const stop = new AbortController()
      const lines: string[] = []
      const over = runEnforcer(
        { configurationFile, version: '1.2.3' },
        {
          clock: systemClock,
          random: Math.random,
          signal: stop.signal,
          write: (line) => lines.push(line),
          journal: false,
          serviceManager: {
            notifySocket: undefined,
            watchdogUsec: undefined,
            watchdogPid: undefined,
            pid: 1,
          },
          hostRoot: root,
          backoff: { baseMs: 20, capMs: 200 },
        },
      )
      // Whoever is interested awaits it; a test that is not must not be ended by it.
      over.catch(() => undefined)
      return {
        lines,
        over,
        async stop() {
          stop.abort(new Error('SIGTERM'))
          await over
        },
      }
    },
    startProcess() {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', 'packaging/enforcer/entry.mjs', '--config', configurationFile],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const lines: string[] = []
      child.stdout.on('data', (text: Buffer) => lines.push(...text.toString().trim().split('\n')))
      return { child, lines }
    },
    async remove() {
      await rm(folder, { recursive: true })
    },
  }
}

export async function killed(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exit) as [number | null]
  return code
}
