/** A Console as `apoctl console serve` runs it: a process of its own, with a log, a data directory and a home. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { parseAppCredentialFile, type AppCredentialFile } from '../../src/contract/app-credential-file.ts'
import { callConsole, issueTestToken, type RawAnswer } from '../helpers/console.ts'
import { cleanEnvironment } from '../helpers/run-apoctl.ts'
import { eventually, program } from './program.ts'

export interface ConsoleProcess {
  readonly url: string
  readonly dataDir: string
  /** File of the administrator's app credential. */
  readonly credential: string
  /** File of the authority. */
  readonly authority: string
  /** All it has printed, over all its lives. */
  log(): string
  pid(): number
  start(): Promise<void>
  /** Asks it to stop, as systemd does, and gives its exit code. */
  stop(): Promise<number | null>
  /** kill -9. */
  kill(): Promise<void>
  /** As the administrator, by a client that is not the one under test. */
  call(asked: {
    readonly method?: string
    readonly path: string
    readonly namespace: string
    readonly body?: object
  }): Promise<RawAnswer>
  /** All objects of a kind in a namespace. */
  list<Kind>(path: string, namespace: string): Promise<Kind[]>
  /** A token of the administrator, with further wishes such as a validity. */
  token(more?: Record<string, unknown>): Promise<string>
}

export interface ConsoleAddress {
  readonly host: string
  readonly port: number
  /** Holds its data, its home and its log. */
  readonly folder: string
}

/** Starts a Console and waits until it serves. */
export async function startConsoleProcess(address: ConsoleAddress): Promise<ConsoleProcess> {
  const { host, port, folder } = address
  const dataDir = join(folder, 'data')
  const logFile = join(folder, 'console.log')
  const credential = join(dataDir, 'administrator.creds')
  const authority = join(dataDir, 'ca.pem')
  const url = `https://${host}:${port}`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let child: ChildProcess | undefined
  const reachable = () => ({ url, caPem: readFileSync(authority, 'utf8') })

  const start = async (): Promise<void> => {
    const log = openSync(logFile, 'a', 0o600)
    const argv = [program(), 'console', 'serve', '--listen', `${host}:${port}`, '--data-dir', dataDir]
    const started = spawn(process.execPath, argv, {
      env: cleanEnvironment({ HOME: folder }),
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child = started
    await eventually(
      async () => {
        if (started.exitCode !== null)
          throw new Error(`the Console ended with ${started.exitCode}:\n${readFileSync(logFile, 'utf8')}`)
        return existsSync(credential) && (await listens(host, port))
      },
      { what: `a Console that listens on ${host}:${port}` },
    )
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
    return child.exitCode
  }
  const token: ConsoleProcess['token'] = (more = {}) =>
    issueTestToken(reachable(), { credential: credentialIn(credential), more })
  const call: ConsoleProcess['call'] = async (asked) =>
    callConsole(reachable(), { ...asked, token: await token() })
  await start()
  return {
    url,
    dataDir,
    credential,
    authority,
    log: () => readFileSync(logFile, 'utf8'),
    pid: () => child?.pid ?? 0,
    start,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL')
    },
    call,
    list: async <Kind>(path: string, namespace: string) => {
      const answer = await call({ path: `/${path}`, namespace })
      if (answer.status !== 200 && answer.status !== 204)
        throw new Error(`${answer.status} ${answer.bytes.toString('utf8')}`)
      return (answer.body ?? []) as Kind[]
    },
    token,
  }
}

function credentialIn(file: string): AppCredentialFile {
  const parsed = parseAppCredentialFile(readFileSync(file, 'utf8'))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => done(false))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
