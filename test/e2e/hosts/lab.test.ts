import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { labDown } from '../../../src/lib/lab/lab-down.ts'
import { labStatus } from '../../../src/lib/lab/lab-status.ts'
import { labUp } from '../../../src/lib/lab/lab-up.ts'
import { diffSnapshots } from './snapshot.ts'
import { e2eDataDirectory, labContext, withLab } from './with-lab.ts'

const exec = promisify(execFile)
const ssh = async (config: string, ...words: string[]) =>
  (await exec('ssh', ['-F', config, ...words], { timeout: 20_000 })).stdout.trim()

/** What a lab could leave on the machine: links, mounts, processes, groups, directories. */
async function traces(id: string): Promise<string> {
  const script = `ip link show | grep ${id}; grep ${id} /proc/self/mounts; find /sys/fs/cgroup /run -name '*${id}*'; true`
  const { stdout } = await exec('sh', ['-c', `{ ${script}; } 2>/dev/null`])
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return stdout + commands.filter((command) => command.includes(id)).join('\n')
}

describe('a lab', () => {
  test('boots real hosts that SSH verifies, converges, and leaves nothing', async () => {
    const { id } = await withLab({ hosts: 2 }, async (lab) => {
      const [one, two] = lab.hosts
      expect(
        await ssh(lab.sshConfig, 'host1', 'cat /proc/1/comm; hostname; systemctl is-system-running'),
      ).toBe('systemd\nhost1\nrunning')
      expect(await ssh(lab.sshConfig, 'admin@host2', 'sudo id -u')).toBe('0')
      expect((await two!.mustRun('hostname')).trim()).toBe('host2')
      // Hosts reach each other and the machine by name.
      expect((await one!.run(`getent hosts console.lab`)).stdout).toContain(lab.gateway)
      expect((await one!.run('curl -sk --max-time 5 telnet://host2:22 </dev/null | head -c 4')).stdout).toBe(
        'SSH-',
      )
      const { lab: name } = lab.report
      const again = await labUp({ name, dataDirectory: e2eDataDirectory, hosts: 2 }, labContext())
      expect(again).toMatchObject({ changed: false, started: [], removed: [], state: 'up' })
      const fewer = await labUp({ name, dataDirectory: e2eDataDirectory, hosts: 1 }, labContext())
      expect(fewer).toMatchObject({ changed: true, removed: ['host2'] })
      expect(fewer.hosts.map((host) => host.name)).toEqual(['host1'])
      return { id: lab.report.bridge }
    })
    expect(await traces(id)).toBe('')
  })

  test('refuses a host whose key is not the one it wrote down', async () => {
    await withLab({ hosts: 1 }, async (lab) => {
      const wrong = (await readFile(lab.knownHosts, 'utf8')).replace(/.{8}$/m, 'AAAAAAAA')
      await writeFile(lab.knownHosts, wrong)
      await expect(ssh(lab.sshConfig, 'host1', 'true')).rejects.toThrow(/Host key verification failed/)
    })
  })

  test('is taken down after a crash half way, and made again', async () => {
    await withLab({ hosts: 2 }, async (lab) => {
      const { lab: name, bridge, directory } = lab.report
      // The records are gone, one host is dead, one is orphaned: its nspawn was killed and it lives on.
      await lab.hosts[0]!.losePower()
      const { supervisorOf } = await import('./supervisor.ts')
      process.kill(await supervisorOf(await lab.hosts[1]!.initPid()), 'SIGKILL')
      await exec('rm', ['-rf', directory])
      const down = await labDown({ name, dataDirectory: e2eDataDirectory }, labContext())
      expect(down.changed).toBe(true)
      expect(await traces(bridge)).toBe('')
      expect(await labDown({ name, dataDirectory: e2eDataDirectory }, labContext())).toMatchObject({
        changed: false,
        removed: [],
      })
      expect(await labStatus({ name, dataDirectory: e2eDataDirectory })).toMatchObject({
        state: 'down',
        hosts: [],
      })
    })
  })

  test('refuses a network that this machine has a route into, and another shape of a lab that exists', async () => {
    await withLab({ hosts: 1 }, async (lab) => {
      const other = { name: 'e2e-taken', dataDirectory: e2eDataDirectory, hosts: 1 }
      await expect(labUp({ ...other, subnet: lab.report.subnet! }, labContext())).rejects.toMatchObject({
        code: 'APO-LAB-NETWORK',
      })
      expect((await labStatus(other)).subnet).toBeNull()
      const same = { name: lab.report.lab, dataDirectory: e2eDataDirectory, hosts: 1 }
      await expect(labUp({ ...same, subnet: '10.9.9.0/24' }, labContext())).rejects.toMatchObject({
        code: 'APO-LAB-CONFLICT',
        exitCode: 2,
      })
    })
  })
})

describe('a host under test', () => {
  test('tells what changed since a snapshot, and that nothing did once it is undone', async () => {
    await withLab({ hosts: 1 }, async ({ hosts: [host], sshConfig }) => {
      const before = await host!.snapshot()
      await ssh(sshConfig, 'host1', 'true')
      await ssh(sshConfig, 'admin@host1', 'sudo true')
      expect(diffSnapshots(before, await host!.snapshot())).toEqual([])
      await host!.mustRun(`mkdir /opt/x; echo hi > /opt/x/y; chmod 600 /etc/hostname; echo >> /etc/passwd
        nft add table inet t; printf '[Service]\\nExecStart=/bin/sleep 99\\n' > /etc/systemd/system/z.service
        systemctl daemon-reload; systemctl start z`)
      const changed = diffSnapshots(before, await host!.snapshot())
      expect(changed.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(
        expect.arrayContaining([
          '~ /etc/hostname:',
          '~ /etc/passwd:',
          '+ /opt/x:',
          '+ /opt/x/y:',
          '+ nft:',
          '+ units:',
          '+ processes:',
        ]),
      )
      await host!
        .mustRun(`systemctl stop z; rm -rf /opt/x /etc/systemd/system/z.service; systemctl daemon-reload
        chmod 644 /etc/hostname; sed -i '$d' /etc/passwd; nft delete table inet t`)
      expect(diffSnapshots(before, await host!.snapshot())).toEqual([])
    })
  })

  test('can lose its network, its disk space, its sudo and its power', async () => {
    await withLab({ hosts: 1, diskMiB: 32 }, async (lab) => {
      const host = lab.hosts[0]!
      await host.fillDisk(16)
      expect((await host.run('head -c 100000 /dev/zero > /opt/big')).stderr).toMatch(/No space left/)
      await host.freeDisk()
      expect((await host.run('head -c 100000 /dev/zero > /opt/big')).exitCode).toBe(0)
      await host.limit('/opt', 64)
      expect((await host.run('head -c 100000 /dev/zero > /opt/big')).stderr).toMatch(/No space left/)
      await host.unlimit('/opt')
      for (const how of ['missing', 'denied', 'broken'] as const) {
        await host.breakSudo(how)
        await expect(ssh(lab.sshConfig, 'admin@host1', 'sudo -n id -u'), how).rejects.toThrow()
        await host.mendSudo()
        expect(await ssh(lab.sshConfig, 'admin@host1', 'sudo -n id -u')).toBe('0')
      }
      await host.addUser({ name: 'plain', sudo: 'none' })
      await host.addUser({ name: 'asked', sudo: 'password', password: 'correct horse' })
      await expect(ssh(lab.sshConfig, 'plain@host1', 'sudo -n id -u')).rejects.toThrow()
      expect(await ssh(lab.sshConfig, 'asked@host1', "printf 'correct horse\\n' | sudo -S -p '' id -u")).toBe(
        '0',
      )
      await host.cutNetwork()
      await expect(ssh(lab.sshConfig, '-o', 'ConnectTimeout=1', 'host1', 'true')).rejects.toThrow()
      await host.mendNetwork()
      expect(await ssh(lab.sshConfig, 'host1', 'echo back')).toBe('back')
      await host.losePower()
      await lab.reboot()
      expect(await ssh(lab.sshConfig, 'host1', 'echo back')).toBe('back')
    })
  })

  test('can pretend to be another, smaller host', async () => {
    await withLab({ hosts: 1 }, async ({ hosts: [host], sshConfig }) => {
      await host!.pretend('/etc/os-release', 'ID=rhel\nVERSION_ID="8.3"\n')
      await host!.shrink({ processors: 1, memoryMiB: 1024 })
      expect(
        await ssh(
          sshConfig,
          'host1',
          ". /etc/os-release; echo $ID $VERSION_ID; nproc; free -m | awk '/Mem/{print $2}'",
        ),
      ).toBe('rhel 8.3\n1\n1024')
    })
  })

  test('keeps its disk over a power cut, and over a reboot of the machine', async () => {
    await withLab({ hosts: 1 }, async (lab) => {
      await lab.hosts[0]!.mustRun('echo kept > /opt/kept; sync')
      await lab.hosts[0]!.losePower()
      expect((await labStatus({ name: lab.report.lab, dataDirectory: e2eDataDirectory })).state).toBe('down')
      await lab.reboot()
      expect(await lab.hosts[0]!.mustRun('cat /opt/kept')).toBe('kept\n')
      // After a reboot there is neither a process nor a bridge, only what is on disk.
      await lab.hosts[0]!.losePower()
      await exec('ip', ['link', 'delete', lab.report.bridge])
      await lab.reboot()
      expect(await ssh(lab.sshConfig, 'host1', 'cat /opt/kept')).toBe('kept')
    })
  })
})

test('ten hosts come up in seconds, each with its own systemd, network and keys', async () => {
  await withLab({ hosts: 10 }, async (lab) => {
    const ids = await Promise.all(
      lab.hosts.map((host) => host.mustRun('cat /etc/machine-id; systemctl restart ssh')),
    )
    expect(new Set(ids).size).toBe(10)
    const known = (await readFile(join(lab.report.directory, 'known_hosts'), 'utf8')).trim().split('\n')
    expect(new Set(known.map((line) => line.split(' ')[2])).size).toBe(10)
    // Restarting a unit on one host must not end the units of another.
    const states = await Promise.all(lab.hosts.map((host) => host.mustRun('systemctl is-active ssh dbus')))
    expect(new Set(states)).toEqual(new Set(['active\nactive\n']))
  })
})
