import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import { startAgent } from '../../helpers/ssh-agent.ts'
import type { E2eHost } from '../hosts/host.ts'
import type { HostSnapshot } from '../hosts/snapshot.ts'
import {
  apoctl,
  bundledVersion,
  demand,
  demandExit,
  documentOf,
  eventually,
  type EndedRun,
} from '../program.ts'
import { changes, openScene, snapshots, type Scene } from '../scene.ts'

/** Each odd host meets an ordinary one in the same run, which must not be any the worse for it. */
const [odd, ordinary] = ['host1', 'host2'] as const
let scene: Scene
let pristine: ReadonlyMap<string, HostSnapshot>
beforeAll(async () => {
  scene = await openScene({ hosts: 2, diskMiB: 900 })
  pristine = await snapshots(scene.lab.hosts)
})
afterAll(() => scene.close())
afterEach(async () => {
  demandExit(await scene.uninstall({ hosts: [odd, ordinary] }), 0)
  expect(changes(pristine, await snapshots(scene.lab.hosts))).toEqual([])
})

const host = (): E2eHost => scene.host(odd)
const outcomesOf = (run: EndedRun): unknown =>
  documentOf<InstallReport>(run, 'InstallReport').hosts.map((row) =>
    row.outcome === 'ok' ? row.value.change : row.outcome === 'failed' ? row.error.code : row.outcome,
  )
const install = (...more: readonly string[]): Promise<EndedRun> =>
  scene.install({ hosts: [odd, ordinary] }, '--json', ...more)

/** Adds lines to the configuration of its sshd, for the time of an action. */
async function withSshd(lines: readonly string[], action: () => Promise<void>): Promise<void> {
  const file = '/etc/ssh/sshd_config.d/00-odd.conf'
  const reload = 'systemctl reload ssh.service'
  await host().mustRun(
    `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} > ${file} && sshd -t && ${reload}`,
  )
  try {
    await action()
  } finally {
    await host().mustRun(`rm ${file} && ${reload}`)
  }
}

describe('a host that can be worked with is', () => {
  it('when it has room for one session and no way to carry files', async () => {
    await host().mustRun('mv /usr/lib/openssh/sftp-server /usr/lib/openssh/sftp-server.away')
    await withSshd(['MaxSessions 1'], async () => {
      expect(outcomesOf(demandExit(await install(), 0))).toEqual(['installed', 'installed'])
    })
    await host().mustRun('mv /usr/lib/openssh/sftp-server.away /usr/lib/openssh/sftp-server')
  })

  it('when its logins are talkative, on standard output too', async () => {
    await host().mustRun(
      `cp -a /root/.bashrc /root/bashrc.before 2>/dev/null || touch /root/bashrc.none
       printf 'echo "welcome to the machine"; echo "apoctl-inspect end"; printf "\\\\033[2J"\\n' > /root/.bashrc
       printf 'message of the day\\n%s\\n' "$(seq 500)" > /etc/odd-banner`,
    )
    try {
      await withSshd(['Banner /etc/odd-banner', 'PrintMotd yes'], async () => {
        expect(outcomesOf(demandExit(await install(), 0))).toEqual(['installed', 'installed'])
        demandExit(await scene.uninstall({ hosts: [odd] }), 0)
      })
    } finally {
      await host().mustRun(
        `rm -f /root/.bashrc /etc/odd-banner
         [ -e /root/bashrc.none ] && rm -f /root/bashrc.none || mv /root/bashrc.before /root/.bashrc`,
      )
    }
  })

  it('when an agent holds twenty keys that are not the one, once it is told to keep them to itself', async () => {
    const folder = join(scene.folder, 'keys')
    mkdirSync(folder)
    const keys = Array.from({ length: 20 }, (_, at) => join(folder, `key${at}`))
    for (const key of keys) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const agent = await startAgent(...keys)
    try {
      const env = { SSH_AUTH_SOCK: agent.socket }
      const both = { hosts: [odd, ordinary], options: { env } }
      const refused = demandExit(await scene.install(both, '--json'), 3)
      expect(outcomesOf(refused)).toEqual(['APO-SSH-AUTH', 'APO-SSH-AUTH'])
      demand(refused.stdout.includes('IdentitiesOnly yes'), { run: refused, that: 'it says what to write' })
      const config = join(scene.folder, 'one-key')
      writeFileSync(config, 'Host *\n IdentitiesOnly yes\n')
      const run = await scene.install(both, '--json', '--ssh-config', config)
      expect(outcomesOf(demandExit(run, 0))).toEqual(['installed', 'installed'])
    } finally {
      agent.stop()
    }
  })
})

describe('a host that cannot be worked with costs itself alone', () => {
  it('when it forces a command, and is installed on once it does not', async () => {
    await withSshd(['ForceCommand /bin/echo restricted'], async () => {
      expect(outcomesOf(demandExit(await install(), 5))).toEqual(['APO-HOST-ANSWER', 'installed'])
    })
    expect(outcomesOf(demandExit(await install(), 0))).toEqual(['installed', 'unchanged'])
  })

  it('when it is not there at all', async () => {
    const nowhere = scene.lab.gateway.replace(/\d+$/, '250')
    const inventory = join(scene.folder, 'with-nobody.yaml')
    const known = readFileSync(scene.lab.inventory, 'utf8')
    writeFileSync(inventory, known.replace(host().address, nowhere))
    const how = [
      '--inventory',
      inventory,
      '--limit',
      `${odd},${ordinary}`,
      '--connect-timeout',
      '4s',
      '--confirm',
      '--json',
    ]
    const run = await apoctl(['enforcer', 'install', 'linux', ...scene.there, ...how])
    expect(outcomesOf(demandExit(run, 5))).toEqual([
      expect.stringMatching(/^APO-SSH-(UNREACHABLE|TIMEOUT)$/),
      'installed',
    ])
  })

  it('when it loses power in the middle, and the next run goes on from what it finds', async () => {
    const run = scene.startInstall({ hosts: [odd, ordinary] }, '--json')
    const partial = `/opt/prisma-enforcer/${bundledVersion()}.partial`
    await eventually(async () => (await host().run(`test -e ${partial}`)).exitCode === 0, {
      what: 'the host is being installed on',
      forMs: 60_000,
      everyMs: 20,
    })
    await host().losePower()
    const ended = await run.ended
    const [first, second] = outcomesOf(demandExit(ended, 5)) as [string, string]
    expect(first).toMatch(/^APO-SSH-/)
    expect(second).toBe('installed')
    await scene.lab.reboot()
    const again = await eventually(
      async () => {
        const next = await install()
        return next.exitCode === 0 ? next : undefined
      },
      { what: 'the host is installed on', forMs: 90_000, everyMs: 1000 },
    )
    expect(outcomesOf(again)).toEqual(['installed', 'unchanged'])
  })

  it('when it takes the password and that is wrong', async () => {
    await host().addUser({ name: 'typist', sudo: 'nopasswd', password: 'the right one' })
    const [was] = [await snapshots(scene.lab.hosts)]
    await withSshd(['PasswordAuthentication yes', 'AuthenticationMethods password'], async () => {
      const home = join(scene.folder, 'home')
      mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
      writeFileSync(join(home, '.ssh', 'known_hosts'), readFileSync(scene.lab.knownHosts))
      const env = { HOME: home, APOCTL_SSH_PASSWORD: 'a wrong one' }
      const where = ['--host', `typist@${host().address}`, '--host', `root@${scene.host(ordinary).address}`]
      const how = [...scene.there, ...where, '--identity', scene.lab.identity, '--confirm', '--json']
      const run = await apoctl(['enforcer', 'install', 'linux', ...how], { env })
      expect(outcomesOf(demandExit(run, 5))).toEqual(['APO-SSH-AUTH', 'installed'])
    })
    expect(changes(new Map([[odd, was.get(odd)!]]), await snapshots([host()]))).toEqual([])
    await host().mustRun('userdel -r typist 2>/dev/null; rm -f /etc/sudoers.d/*typist*; true')
    pristine = new Map([...pristine, [odd, (await snapshots([host()])).get(odd)!]])
  })
})
