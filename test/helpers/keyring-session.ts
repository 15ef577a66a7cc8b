/**
 * The session of a desktop, without one: a message bus of its own and, where wanted, the real GNOME Keyring on
 * it. Nothing is started by the bus on its own, and nothing of the tester's own session is touched.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyringSession {
  /** Leads to the bus. */
  readonly env: Readonly<Record<string, string>>
  /** Starts the keyring, open; or as it is before anybody has ever logged in with a password. */
  start(how?: 'never used'): Promise<void>
  /** Locks it; a dialog that asks for its password is there, and nobody answers it. */
  lock(): Promise<void>
  /** Kills the keyring where it stands. */
  kill(): Promise<void>
  /** Names of our entries, sorted. */
  accounts(): Promise<string[]>
  /** Makes or changes an entry of ours, behind apoctl's back. */
  store(account: string): Promise<void>
  remove(account: string): Promise<void>
  close(): Promise<void>
}

const secrets = 'org.freedesktop.secrets'
const root = '/org/freedesktop/secrets'

/** A bus; `dialog` says what comes of a question for the password: nothing at all, or that nobody can be asked. */
export async function openKeyringSession(
  options: { readonly dialog?: 'unanswered' | 'impossible' } = {},
): Promise<KeyringSession> {
  const folder = mkdtempSync(join(tmpdir(), 'apoctl-keyring-'))
  const own = (name: string): string => join(folder, name)
  for (const name of ['home', 'run', 'services']) mkdirSync(own(name), { mode: 0o700 })
  if (options.dialog !== 'impossible')
    writeFileSync(
      own('services/org.gnome.keyring.SystemPrompter.service'),
      `[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sh -c "echo $$ >> ${own('dialogs')}; exec sleep 600"\n`,
    )
  writeFileSync(own('bus.conf'), busConfiguration(folder))
  const bus = spawn('dbus-daemon', ['--nofork', '--print-address', `--config-file=${own('bus.conf')}`])
  const address = await firstLine(bus)
  const env = {
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_RUNTIME_DIR: own('run'),
    PATH: process.env['PATH'] ?? '',
    HOME: own('home'),
  }
  let daemon: ChildProcess | undefined
  const call = async (...words: readonly string[]): Promise<string> =>
    (await run('dbus-send', ['--session', `--dest=${secrets}`, '--print-reply', ...words], { env })).stdout
  const inLibrary = async (account: string, action: string): Promise<void> => {
    const entry = `new Entry('apoctl', '${account}', { linux: { store: 'secret-service' } })`
    const script = `const { Entry } = require('@napi-rs/keyring'); ${entry}.${action}`
    await run(process.execPath, ['-e', script], { env, cwd: import.meta.dirname })
  }
  const end = async (): Promise<void> => {
    await endOf(daemon)
    daemon = undefined
  }
  return {
    env,
    async start(how) {
      const words = how === undefined ? ['--unlock'] : []
      daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...words], { env })
      daemon.stdin?.end('password of the test')
      await patiently(() => call(root, 'org.freedesktop.Secret.Service.ReadAlias', 'string:default'))
    },
    async lock() {
      await call(root, 'org.freedesktop.Secret.Service.Lock', `array:objpath:${root}/collection/login`)
    },
    kill: end,
    async accounts() {
      const search = 'org.freedesktop.Secret.Service.SearchItems'
      const found = await call(root, search, 'dict:string:string:service,apoctl')
      const items = found.match(/\/org\/freedesktop\/secrets\/collection\/\w+\/\d+/g) ?? []
      const get = ['org.freedesktop.DBus.Properties.Get', 'string:org.freedesktop.Secret.Item']
      const texts = await Promise.all(items.map((item) => call(item, ...get, 'string:Attributes')))
      return texts.map((text) => /"username"\s+string "([^"]+)"/.exec(text)?.[1] ?? text).sort()
    },
    store: (account) => inLibrary(account, 'setPassword("something else")'),
    remove: (account) => inLibrary(account, 'deletePassword()'),
    async close() {
      await end()
      await endOf(bus)
      endDialogs(own('dialogs'))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A bus that takes every connection and never says a word. */
export async function openHungBus(): Promise<Pick<KeyringSession, 'env' | 'close'>> {
  const folder = mkdtempSync(join(tmpdir(), 'apoctl-hung-bus-'))
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(join(folder, 'bus'), resolve))
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function busConfiguration(folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${folder}/bus</listen>
  <servicedir>${folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    child.once('error', reject)
    child.once('close', () => reject(new Error(`the bus ended: ${complaint}`)))
  })
}

async function endOf(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

/** What the bus started outlives it. */
function endDialogs(list: string): void {
  if (!existsSync(list)) return
  for (const pid of readFileSync(list, 'utf8').trim().split('\n')) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

async function patiently(attempt: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 10_000
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
