import { findHostProcesses } from '../../../src/lib/lab/hosts/host-processes.ts'
import type { LabHostReport, LabReport } from '../../../src/lib/lab/lab-report.ts'
import { findControlGroups } from '../../../src/lib/lab/machine/control-groups.ts'
import { createThisMachine } from '../../../src/lib/lab/machine/this-machine.ts'
import type { ToolResult } from '../../../src/lib/lab/machine/lab-machine.ts'
import { takeSnapshot, type HostSnapshot } from './snapshot.ts'

/** A lab host under test, and what can be done to it behind apoctl's back. */
export interface E2eHost {
  readonly name: string
  readonly address: string
  /** Runs a shell script as root inside, without SSH; a non-zero exit is a result. */
  run(script: string, options?: { readonly timeoutMs?: number }): Promise<ToolResult>
  /** The same, and throws unless it exits with 0; gives standard output. */
  mustRun(script: string): Promise<string>
  /** Takes the cable out: packets vanish, connections hang. */
  cutNetwork(): Promise<void>
  mendNetwork(): Promise<void>
  /** Kills everything at once, as a power cut does; `lab.reboot()` boots it again from its disk. */
  losePower(): Promise<void>
  /** Fills the disk up to the last `leaveKiB`; needs a lab with `diskMiB`. */
  fillDisk(leaveKiB?: number): Promise<void>
  freeDisk(): Promise<void>
  /** Puts an empty file system of this size over a directory, such as /opt; `unlimit` takes it away. */
  limit(directory: string, sizeKiB: number): Promise<void>
  unlimit(directory: string): Promise<void>
  /** `missing`: not installed; `denied`: nobody may use it; `broken`: it refuses its own configuration. */
  breakSudo(how: 'missing' | 'denied' | 'broken'): Promise<void>
  mendSudo(): Promise<void>
  /** Adds an account that takes the lab's key. With `sudo: 'password'` the password must be given. */
  addUser(account: E2eAccount): Promise<void>
  /** Lets a file read differently, by a mount: the disk stays as it is. For /etc/os-release, /proc/meminfo, … */
  pretend(file: string, text: string): Promise<void>
  /** Leaves the host this much: one processor of affinity each, and /proc/meminfo that says so. */
  shrink(to: { readonly processors: number; readonly memoryMiB: number }): Promise<void>
  /** Everything apoctl could have changed; compare two with `diffSnapshots`. */
  snapshot(): Promise<HostSnapshot>
  /** Number, on the machine, of the host's first process. */
  initPid(): Promise<number>
}

export interface E2eAccount {
  readonly name: string
  readonly sudo: 'none' | 'nopasswd' | 'password'
  readonly password?: string
}

const machine = createThisMachine()
const defaultTimeoutMs = 60_000

export function createHost(of: { readonly report: LabHostReport; readonly lab: LabReport }): E2eHost {
  const { name, address, machine: container } = of.report
  const initPid = () => initPidOf(container)
  const run: E2eHost['run'] = async (script, options = {}) =>
    runInside({ pid: await initPid(), script, timeoutMs: options.timeoutMs ?? defaultTimeoutMs })
  const mustRun = async (script: string) => demandSuccess(await run(script), `${name}: ${script}`)
  const tell = async (script: string): Promise<void> => {
    await mustRun(script)
  }
  return {
    name,
    address,
    run,
    mustRun,
    cutNetwork: () => onMachine(['ip', 'link', 'set', container, 'down']),
    mendNetwork: () => onMachine(['ip', 'link', 'set', container, 'up']),
    losePower: () => losePower(container),
    fillDisk: (leaveKiB = 0) => tell(fillScript(leaveKiB)),
    freeDisk: () => tell('rm -f /var/tmp/lab-filler'),
    limit: (directory, sizeKiB) =>
      tell(`mkdir -p '${directory}' && mount -t tmpfs -o size=${sizeKiB}k,mode=755 lab-limit '${directory}'`),
    unlimit: (directory) => tell(`umount '${directory}'`),
    breakSudo: (how) => tell(breakSudoScript[how]),
    mendSudo: () => tell(mendSudoScript),
    addUser: (account) => tell(addUserScript(account)),
    pretend: (file, text) => tell(pretendScript(file, text)),
    shrink: async (to) => {
      await tell(pretendScript('/proc/meminfo', memInfo(to.memoryMiB)))
      await limitProcessors(container, to.processors)
    },
    snapshot: async () =>
      takeSnapshot({
        run: mustRun,
        initPid: await initPid(),
        directory: `${of.lab.directory}/hosts/${name}`,
      }),
    initPid,
  }
}

async function initPidOf(container: string): Promise<number> {
  const { initPid } = await findHostProcesses(container, await findControlGroups())
  if (initPid === undefined) throw new Error(`${container} does not run`)
  return initPid
}

function runInside(what: {
  readonly pid: number
  readonly script: string
  readonly timeoutMs: number
}): Promise<ToolResult> {
  const enter = [
    'nsenter',
    '--target',
    String(what.pid),
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
  ] as const
  const clean = [
    'env',
    '-i',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME=/root',
    'LC_ALL=C.UTF-8',
  ]
  return machine.run([...enter, '--wd=/', '--', ...clean, '/bin/sh', '-s'], {
    stdin: what.script,
    timeoutMs: what.timeoutMs,
  })
}

function demandSuccess(result: ToolResult, what: string): string {
  if (result.exitCode === 0) return result.stdout
  throw new Error(`exit ${result.exitCode ?? 'by signal'} of ${what}\n${result.stdout}${result.stderr}`)
}

async function onMachine(argv: readonly [string, ...string[]]): Promise<void> {
  demandSuccess(await machine.run(argv, { timeoutMs: defaultTimeoutMs }), argv.join(' '))
}

async function losePower(container: string): Promise<void> {
  process.kill(await initPidOf(container), 'SIGKILL')
  const groups = await findControlGroups()
  for (let attempt = 0; (await findHostProcesses(container, groups)).running; attempt += 1) {
    if (attempt > 500) throw new Error(`${container} keeps running`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Every process of the host may use only the first processors; what it starts inherits that. */
async function limitProcessors(container: string, processors: number): Promise<void> {
  const { readFile } = await import('node:fs/promises')
  const { groupsOf, processesIn } = await import('../../../src/lib/lab/machine/control-groups.ts')
  for (const pid of await processesIn(await groupsOf(container, await findControlGroups()))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (name.trim() === 'systemd-nspawn') continue
    // A process that has just ended needs no limit.
    await machine.run(['taskset', '-acp', `0-${processors - 1}`, String(pid)], {
      timeoutMs: defaultTimeoutMs,
    })
  }
}

function fillScript(leaveKiB: number): string {
  return `set -e
free=$(df --output=avail -k /var/tmp | tail -n 1)
size=$(df --output=size -k /var/tmp | tail -n 1)
[ "$size" -lt 4194304 ] || { echo "this host's disk is the machine's: make the lab with diskMiB" >&2; exit 1; }
fill=$((free - ${leaveKiB}))
[ "$fill" -le 0 ] || dd if=/dev/zero of=/var/tmp/lab-filler bs=1024 count="$fill" status=none || :
`
}

const breakSudoScript = {
  missing: 'mv /usr/bin/sudo /usr/bin/sudo.lab',
  denied: 'mv /etc/sudoers.d /etc/sudoers.d.lab && mkdir -m 755 /etc/sudoers.d',
  // A rule that does not parse is skipped by newer ones; a file that anybody can write never is.
  broken: 'chmod 666 /etc/sudoers',
}

const mendSudoScript = `set -e
[ ! -e /usr/bin/sudo.lab ] || mv /usr/bin/sudo.lab /usr/bin/sudo
[ ! -e /etc/sudoers.d.lab ] || { rmdir /etc/sudoers.d; mv /etc/sudoers.d.lab /etc/sudoers.d; }
chmod 440 /etc/sudoers
`

function addUserScript({ name, sudo, password }: E2eAccount): string {
  const rule = {
    none: '',
    nopasswd: `${name} ALL=(ALL:ALL) NOPASSWD: ALL`,
    password: `${name} ALL=(ALL:ALL) ALL`,
  }[sudo]
  return `set -e
useradd --create-home --shell /bin/bash ${name}
install -d -m 700 -o ${name} -g ${name} /home/${name}/.ssh
install -m 600 -o ${name} -g ${name} /root/.ssh/authorized_keys /home/${name}/.ssh/authorized_keys
${password === undefined ? '' : `printf '%s\\n' '${name}:${password}' | chpasswd`}
${rule === '' ? '' : `echo '${rule}' > /etc/sudoers.d/${name}; chmod 440 /etc/sudoers.d/${name}`}
`
}

function pretendScript(file: string, text: string): string {
  return `set -e
mkdir -p /run/lab-pretend
copy=$(mktemp /run/lab-pretend/XXXXXX)
chmod 644 "$copy"
cat > "$copy" <<'PRETENDED'
${text.trimEnd()}
PRETENDED
mount --bind "$copy" "$(realpath '${file}')"
`
}

function memInfo(memoryMiB: number): string {
  const kiB = memoryMiB * 1024
  return [
    `MemTotal: ${kiB} kB`,
    `MemFree: ${kiB / 2} kB`,
    `MemAvailable: ${kiB / 2} kB`,
    'SwapTotal: 0 kB',
    'SwapFree: 0 kB',
  ].join('\n')
}
