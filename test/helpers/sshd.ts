/**
 * Real sshd's on loopback ports for tests. Each runs in its own mount and process namespace, with an
 * overlay over /etc (accounts, rules of sudo and doas) and its own home for root: tests get
 * throw-away accounts and a root with /bin/sh and an empty home, and the machine is untouched.
 * When the test process dies, everything in the namespace dies with it.
 *
 * Needs root, openssh-server, util-linux; tests of sudo and doas need those packages (`needs()`).
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SshdUser {
  readonly name: string
  /** Default 0 for root, else counted from 61001. */
  readonly uid?: number
  /** Default /bin/sh. */
  readonly shell?: string
  /** Sets a password that may log in and that sudo asks for. */
  readonly password?: string
  /** A rule for sudo, without the name: `ALL=(ALL) NOPASSWD: ALL`. None: sudo refuses. */
  readonly sudo?: string
  /** A line of doas.conf, such as `permit nopass tester`. */
  readonly doas?: string
  /** Content of ~/.profile, ~/.bashrc and friends, by file name. */
  readonly files?: Readonly<Record<string, string>>
}

export interface SshdOptions {
  /** Kinds of host keys to make, in sshd's order of preference. Default: ed25519. */
  readonly hostKeys?: readonly ('ed25519' | 'rsa' | 'ecdsa')[]
  /** Default: root alone. Every user accepts the client key of `TestSshd.clientKey`. */
  readonly users?: readonly SshdUser[]
  /** More lines of sshd_config; they come first and win. */
  readonly config?: readonly string[]
  /** Lines of subsystems. Default: sftp, within sshd. */
  readonly subsystems?: readonly string[]
  /** More lines of sudoers, such as `Defaults requiretty`. */
  readonly sudoers?: readonly string[]
  /** Logins through PAM, which is what keyboard-interactive needs. */
  readonly pam?: boolean
  /** Shell commands run in the namespace before sshd starts (mounts, stubs). */
  readonly prepare?: readonly string[]
  readonly port?: number
}

export interface TestSshd {
  readonly address: '127.0.0.1'
  readonly port: number
  readonly user: 'root'
  /** Where this sshd keeps its keys, homes and log. */
  readonly directory: string
  /** A private key (ed25519, no passphrase) that every user of this sshd accepts. */
  readonly clientKey: string
  /** Lines for a known_hosts file, one a host key. */
  readonly knownHosts: string
  /** A known_hosts file with those lines. */
  readonly knownHostsFile: string
  /** Public host keys by kind: `AAAAC3…`. */
  readonly hostKeys: Readonly<Record<string, string>>
  readonly home: (user: string) => string
  /** What sshd has logged so far. */
  readonly log: () => string
  /** Ends sshd and every session of it. */
  stop(): Promise<void>
}

/** Throws, with the package to install, when a program that the test needs is missing. */
export function needs(...programs: readonly string[]): void {
  const packages: Record<string, string> = { doas: 'opendoas', sshd: 'openssh-server', busybox: 'busybox' }
  for (const program of programs) {
    const found = ['/usr/sbin', '/usr/bin', '/bin', '/sbin'].some((dir) => existsSync(join(dir, program)))
    if (!found) throw new Error(`this test needs ${program}: apt-get install ${packages[program] ?? program}`)
  }
}

/** A free loopback port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Makes a key pair; returns the path of the private one. */
export function makeKey(
  path: string,
  options: { readonly type?: string; readonly passphrase?: string } = {},
): string {
  rmSync(path, { force: true })
  const type = options.type ?? 'ed25519'
  const bits = type === 'rsa' ? ['-b', '2048'] : []
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...bits,
    '-N',
    options.passphrase ?? '',
    '-C',
    'test',
    '-f',
    path,
  ])
  return path
}

/** Starts an sshd and waits until it answers. Stop it in afterAll/finally. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  needs('sshd', 'unshare', 'setpriv', 'ssh-keygen')
  if (process.getuid?.() !== 0) throw new Error('tests with sshd need root (they make namespaces)')
  const directory = mkdtempSync(join(tmpdir(), 'apoctl-sshd-'))
  chmodSync(directory, 0o755)
  const port = options.port ?? (await freePort())
  const users = withRoot(options.users ?? [])
  const clientKey = makeKey(join(directory, 'client_key'))
  const hostKeys = makeHostKeys(directory, options)
  const knownHosts = Object.values(hostKeys)
    .map((key) => `[127.0.0.1]:${port} ${key}\n`)
    .join('')
  writeFileSync(join(directory, 'known_hosts'), knownHosts)
  writeAccounts(directory, { users, options })
  writeFileSync(join(directory, 'sshd_config'), sshdConfig({ directory, port, options }))
  const child = launch(directory, { users, options })
  try {
    await answering(port, child)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`sshd did not start:\n${logOf(directory)}`, { cause: error })
  }
  return {
    address: '127.0.0.1',
    port,
    user: 'root',
    directory,
    clientKey,
    knownHosts,
    knownHostsFile: join(directory, 'known_hosts'),
    hostKeys,
    home: (user) => join(directory, 'home', user),
    log: () => logOf(directory),
    stop: () => stop(child, directory),
  }
}

const logOf = (directory: string): string => {
  const file = join(directory, 'log')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    // unshare runs with --kill-child: its end is the end of process 1 of the namespace, and so of all.
    child.kill('SIGKILL')
    await gone
  }
  rmSync(directory, { recursive: true, force: true })
}

type NumberedUser = SshdUser & { readonly uid: number }

function withRoot(users: readonly SshdUser[]): NumberedUser[] {
  const named = users.some(({ name }) => name === 'root') ? users : [{ name: 'root' }, ...users]
  return named.map((user, index) => ({
    ...user,
    uid: user.uid ?? (user.name === 'root' ? 0 : 61_000 + index),
  }))
}

function makeHostKeys(directory: string, options: SshdOptions): Record<string, string> {
  const kinds = options.hostKeys ?? ['ed25519']
  return Object.fromEntries(
    kinds.map((kind) => {
      const path = makeKey(join(directory, `host_${kind}`), { type: kind })
      const [type, key] = readFileSync(`${path}.pub`, 'utf8').split(' ')
      return [kind, `${type} ${key}`]
    }),
  )
}

function writeAccounts(
  directory: string,
  accounts: { readonly users: readonly NumberedUser[]; readonly options: SshdOptions },
): void {
  const { users, options } = accounts
  const names = new Set(users.map(({ name }) => name))
  const keep = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !names.has(line.split(':')[0] ?? ''))
  const home = (user: NumberedUser) => (user.name === 'root' ? '/root' : join(directory, 'home', user.name))
  const passwd = users.map((u) => `${u.name}:x:${u.uid}:${u.uid}::${home(u)}:${u.shell ?? '/bin/sh'}`)
  const shadow = users.map(
    (u) => `${u.name}:${u.password === undefined ? '*' : hashed(u.password)}:19000:0:99999:7:::`,
  )
  const group = users.map((u) => `${u.name}:x:${u.uid}:`)
  const file = (name: string, content: { readonly lines: readonly string[]; readonly mode: number }) => {
    writeFileSync(join(directory, name), `${content.lines.join('\n')}\n`)
    chmodSync(join(directory, name), content.mode)
  }
  file('passwd', { lines: [...passwd, ...keep('/etc/passwd')], mode: 0o644 })
  file('shadow', { lines: [...shadow, ...keep('/etc/shadow')], mode: 0o600 })
  file('group', { lines: [...group, ...keep('/etc/group')], mode: 0o644 })
  const rules = users.flatMap((u) => (u.sudo === undefined ? [] : [`${u.name} ${u.sudo}`]))
  file('sudoers', {
    lines: ['Defaults !mail_always', ...(options.sudoers ?? []), 'root ALL=(ALL:ALL) ALL', ...rules],
    mode: 0o440,
  })
  file('doas.conf', { lines: users.flatMap((u) => u.doas ?? []), mode: 0o400 })
  for (const user of users) makeHome(join(directory, 'home', user.name), user)
}

function makeHome(path: string, user: NumberedUser): void {
  mkdirSync(path, { recursive: true })
  chownSync(path, user.uid, user.uid)
  for (const [name, content] of Object.entries(user.files ?? {})) {
    mkdirSync(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), content)
    chownSync(join(path, name), user.uid, user.uid)
  }
}

const hashed = (password: string): string =>
  execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim()

function sshdConfig(setup: {
  readonly directory: string
  readonly port: number
  readonly options: SshdOptions
}): string {
  const { directory, port, options } = setup
  const kinds = options.hostKeys ?? ['ed25519']
  return [
    ...(options.config ?? []),
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    ...kinds.map((kind) => `HostKey ${join(directory, `host_${kind}`)}`),
    `AuthorizedKeysFile ${join(directory, 'client_key.pub')}`,
    'StrictModes no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `UsePAM ${options.pam === true ? 'yes' : 'no'}`,
    // The one keyword of which sshd takes the last value.
    ...(options.config?.some((line) => line.startsWith('MaxStartups')) === true ? [] : ['MaxStartups 500']),
    'PidFile none',
    'LogLevel VERBOSE',
    ...(options.subsystems ?? ['Subsystem sftp internal-sftp']),
    'PrintMotd no',
    '',
  ].join('\n')
}

function launch(
  directory: string,
  how: { readonly users: readonly NumberedUser[]; readonly options: SshdOptions },
): ChildProcess {
  const { options } = how
  mkdirSync('/run/sshd', { recursive: true })
  mkdirSync(join(directory, 'etc'))
  const accounts: Readonly<Record<string, number>> = {
    passwd: 644,
    shadow: 640,
    group: 644,
    sudoers: 440,
    'doas.conf': 400,
  }
  const hidden = ['/run/sudo', '/var/lib/sudo', '/run/doas'].filter((path) => existsSync(path))
  const script = [
    'set -e',
    `mount -t tmpfs none ${directory}/etc`,
    `mkdir ${directory}/etc/upper ${directory}/etc/work`,
    `mount -t overlay -o lowerdir=/etc,upperdir=${directory}/etc/upper,workdir=${directory}/etc/work none /etc`,
    ...Object.entries(accounts).flatMap(([name, mode]) => [
      `cp ${directory}/${name} /etc/${name}`,
      `chmod ${mode} /etc/${name}`,
    ]),
    ...hidden.map((path) => `mount -t tmpfs -o mode=0755 none ${path}`),
    `mount --bind ${directory}/home/root /root`,
    ...(options.prepare ?? []),
    `exec /usr/sbin/sshd -D -E ${directory}/log -f ${directory}/sshd_config`,
  ].join('\n')
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=KILL']
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' }
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...namespaces, 'sh', '-c', script], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}`)
    if (await greets(port)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('no answer within 5 s')
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, () => done(false))
    socket.once('data', () => done(true))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
  })
}
