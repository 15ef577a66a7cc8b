import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { InstallReport } from '../../../src/lib/install/linux/install-report.ts'
import type { E2eHost } from '../hosts/host.ts'
import type { HostSnapshot } from '../hosts/snapshot.ts'
import { bundledVersion, demandExit, documentOf, eventually, type EndedRun } from '../program.ts'
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
})

describe('a host that cannot be worked with costs itself alone', () => {
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
})
