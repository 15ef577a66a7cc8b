/** The faults of hosts that a run has to tell apart, and what it makes of each. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { startFaultyLine, type LineFault } from '../../helpers/faulty-line.ts'
import { startAgent } from '../../helpers/ssh-agent.ts'
import type { E2eHost } from '../hosts/host.ts'
import { mendClock, mendSshd, setClock, setLoginShell, setSshd } from '../hosts/odd-host.ts'
import type { Scene } from '../scene.ts'

/** A host as it was made, and what undoes it. */
export interface Arranged {
  /** Lines of ssh_config for it. */
  readonly ssh?: { readonly broken: readonly string[]; readonly mended: readonly string[] }
  readonly mend?: () => unknown
  /** At the very end, whatever happened. */
  readonly close?: () => unknown
}

export const places = ['on the way to it', 'at its login', 'on the machine itself'] as const

export interface Oddity {
  readonly where: (typeof places)[number]
  /** It turns logins away until it is mended, while the run goes on. */
  readonly isFull?: boolean
  readonly arrange: (host: E2eHost, scene: Scene) => Promise<Arranged>
}

export interface Fault extends Oddity {
  /** Of its error; `refused` when a check of preflight says no. */
  readonly code: string
  readonly exitCode: number
  /** What happened, why, in which state the host is, what to do. */
  readonly says: readonly RegExp[]
}

const always = (...lines: readonly string[]) => ({ broken: lines, mended: lines })
const mib = 1024 * 1024

/** The host is reached through a port of this machine. */
async function behind(host: E2eHost, fault: LineFault) {
  const line = await startFaultyLine(host.address, fault)
  const ssh = always('HostName 127.0.0.1', `Port ${line.port}`, `HostKeyAlias ${host.address}`)
  return { ssh, mend: () => line.mend(), close: () => line.close() }
}

/** Room for one login that is not done, and somebody who takes it. */
async function full(host: E2eHost): Promise<{ readonly leave: () => void }> {
  await setSshd(host, 'MaxStartups 1')
  const squatter = connect(22, host.address).on('error', () => undefined)
  await once(squatter, 'data')
  return { leave: () => squatter.destroy() }
}

export const faults: Readonly<Record<string, Fault>> = {
  'that refuses connections': {
    where: 'on the way to it',
    code: 'APO-SSH-UNREACHABLE',
    exitCode: 4,
    says: [/nothing listens on that port/],
    async arrange(host) {
      await host.mustRun('systemctl stop ssh.socket ssh.service || true')
      return { mend: () => host.mustRun('systemctl start ssh.service') }
    },
  },
  'that there is no route to': {
    where: 'on the way to it',
    code: 'APO-SSH-UNREACHABLE',
    exitCode: 4,
    says: [/there is no route to it/],
    arrange({ address }) {
      const mend = () => execFileSync('sh', ['-c', `ip route del unreachable ${address}/32 2>/dev/null || :`])
      execFileSync('ip', ['route', 'add', 'unreachable', `${address}/32`])
      return Promise.resolve({ mend, close: mend })
    },
  },
  'that vanishes in the middle of a step': {
    where: 'on the way to it',
    code: 'APO-SSH-LOST',
    exitCode: 4,
    says: [/half changed/, /Run the same command again/],
    async arrange(host) {
      const { ssh, ...line } = await behind(host, { type: 'stalls', afterBytes: 8 * mib })
      const impatient = ['ServerAliveInterval 2', 'ServerAliveCountMax 2', 'ConnectTimeout 4']
      return { ...line, ssh: { broken: [...impatient, ...ssh.broken], mended: ssh.mended } }
    },
  },
  'whose connection is reset while a layer is copied': {
    where: 'on the way to it',
    code: 'APO-SSH-LOST',
    exitCode: 4,
    says: [/the connection to \S+ broke \(.*ECONNRESET/, /is as it was before/],
    arrange: (host) => behind(host, { type: 'resets', afterBytes: 8 * mib }),
  },
  'whose key has changed': {
    where: 'on the way to it',
    code: 'APO-SSH-HOSTKEY-CHANGED',
    exitCode: 4,
    says: [/SHA256:.*SHA256:/, /ssh-keygen -f \S+ -R/],
    arrange(host, { folder, lab }) {
      const file = join(folder, 'known-otherwise')
      const another = readFileSync(`${lab.identity}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
      writeFileSync(file, `${host.address} ${another}\n`)
      return Promise.resolve({ ssh: { broken: [`UserKnownHostsFile ${file}`], mended: [] } })
    },
  },
  'that is told a wrong password': {
    where: 'at its login',
    code: 'APO-SSH-AUTH',
    exitCode: 3,
    says: [/refused the login \(tried: password\)/],
    async arrange(host) {
      await host.addUser({ name: 'typist', sudo: 'nopasswd', password: 'the right one' })
      await setSshd(host, 'PasswordAuthentication yes', 'AuthenticationMethods password')
      return { ssh: always('User typist', 'BatchMode no') }
    },
  },
  'that an agent offers twenty keys to': {
    where: 'at its login',
    code: 'APO-SSH-AUTH',
    exitCode: 3,
    says: [/gave up after 21 keys/, /IdentitiesOnly yes/],
    async arrange(_, { folder }) {
      const keys = Array.from({ length: 20 }, (__, at) => join(folder, 'keys', `key${at}`))
      mkdirSync(join(folder, 'keys'))
      for (const key of keys) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
      const agent = await startAgent(...keys)
      const socket = `IdentityAgent ${agent.socket}`
      return {
        ssh: { broken: [socket, 'IdentitiesOnly no'], mended: [socket] },
        close: () => agent.stop(),
      }
    },
  },
  'whose sudo asks for a password that nobody gave': {
    where: 'at its login',
    code: 'APO-HOST-PRIVILEGE',
    exitCode: 3,
    says: [/--ask-sudo-password/],
    async arrange(host) {
      await host.addUser({ name: 'asked', sudo: 'password', password: 'the right one' })
      return { ssh: always('User asked') }
    },
  },
  'whose sudo denies the account everything': {
    where: 'at its login',
    code: 'APO-HOST-PRIVILEGE',
    exitCode: 3,
    says: [/is not root/, /allow the account to use sudo/],
    async arrange(host) {
      await host.addUser({ name: 'denied', sudo: 'none' })
      const rule = `echo 'denied ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/denied`
      return { ssh: always('User denied'), mend: () => host.mustRun(rule) }
    },
  },
  'whose disk fills up': {
    where: 'on the machine itself',
    code: 'APO-HOST-DISK',
    exitCode: 1,
    says: [/MiB free/, /is as it was before/],
    async arrange(host) {
      await host.limit('/opt', 60 * 1024)
      return { mend: () => host.unlimit('/opt') }
    },
  },
  'whose /opt is read-only': {
    where: 'on the machine itself',
    code: 'APO-HOST-DISK',
    exitCode: 1,
    says: [/cannot be written to/],
    async arrange(host) {
      await host.mustRun('mount --bind /opt /opt && mount -o remount,bind,ro /opt')
      return { mend: () => host.mustRun('umount /opt') }
    },
  },
  'whose clock is two hours behind': {
    where: 'on the machine itself',
    code: 'refused',
    exitCode: 1,
    says: [/the clock of the host is 2 h behind the Console's/, /not yet valid\), because the clock/],
    async arrange(host) {
      await setClock(host, '-2h')
      return { mend: () => mendClock(host) }
    },
  },
  'whose clock is two hours ahead': {
    where: 'on the machine itself',
    code: 'refused',
    exitCode: 1,
    says: [/the clock of the host is 2 h ahead of the Console's/],
    async arrange(host) {
      await setClock(host, '+2h')
      return { mend: () => mendClock(host) }
    },
  },
  'that forces a command': {
    where: 'at its login',
    code: 'APO-HOST-ANSWER',
    exitCode: 4,
    says: [/backups only/],
    async arrange(host) {
      await setSshd(host, 'ForceCommand /bin/echo backups only')
      return { mend: () => mendSshd(host) }
    },
  },
  'whose account has no shell': {
    where: 'at its login',
    code: 'APO-HOST-ANSWER',
    exitCode: 4,
    says: [/not available/, /POSIX shell/],
    async arrange(host) {
      await host.mustRun('usermod -s /usr/sbin/nologin root')
      return { mend: () => host.mustRun('usermod -s /bin/bash root') }
    },
  },
  'that has no room for a login (MaxStartups)': {
    where: 'on the way to it',
    code: 'APO-SSH-TURNED-AWAY',
    exitCode: 4,
    says: [/closed the connection before the login/, /--concurrency/],
    async arrange(host) {
      const { leave } = await full(host)
      return { ssh: { broken: ['ConnectTimeout 10'], mended: [] }, mend: leave, close: leave }
    },
  },
}

/** What costs a host nothing. */
export const oddities: Readonly<Record<string, Oddity>> = {
  'behind a slow line': {
    where: 'on the way to it',
    arrange: (host) => behind(host, { type: 'is slow', delayMs: 10 }),
  },
  'where fish is the shell of root': {
    where: 'at its login',
    async arrange(host) {
      await setLoginShell(host, { shell: 'fish', users: ['root'] })
      return {}
    },
  },
  'where tcsh is the shell of an account with sudo, and of root': {
    where: 'at its login',
    async arrange(host) {
      await setLoginShell(host, { shell: 'tcsh', users: ['root', 'admin'] })
      return { ssh: always('User admin') }
    },
  },
  'that has no room for a login at first': {
    where: 'on the way to it',
    isFull: true,
    async arrange(host) {
      const { leave } = await full(host)
      return { mend: leave, close: leave }
    },
  },
}
