/**
 * Checks fifty hosts with apoctl, and runs the same collector (and Ansible's own) with the tools people
 * use for that today; all at the same concurrency, one after the other, several rounds.
 *
 *   npm run build && npx tsx test/bench/preflight-fleet.bench.ts [hosts] [rounds] [concurrency]
 *
 * Needs root, sshd, clush (clustershell), parallel-ssh (pssh) and ansible; tools that are missing are
 * left out. Each host is an sshd in a network namespace of its own; the clients run in one, too, and
 * nothing of the machine's own network is touched. All share the machine's processors with the client,
 * so only ratios mean anything. Of apoctl, the most memory is measured too, and what it has open at its end.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { collectorScript } from '../../src/lib/preflight/collect/collector-script.ts'

const hostCount = Number(process.argv[2] ?? 50)
const rounds = Number(process.argv[3] ?? 5)
const concurrency = Number(process.argv[4] ?? Math.min(hostCount, 50))
const mostMemoryMiB = 400
const prefix = 'apobench'
const work = mkdtempSync(join(tmpdir(), 'apoctl-bench-'))
const path = (...names: string[]) => join(work, ...names)
const useFile = path('use')
const preload = path('report-use.cjs')
const numbers = Array.from({ length: hostCount }, (_, index) => index + 1)
const addressOf = (number: number) => `10.199.${Math.floor(number / 250)}.${(number % 250) + 2}`

interface Contender {
  readonly name: string
  readonly needs: string
  readonly argv: readonly string[]
  readonly stdin: string
  /** How many hosts it says it asked, read off its output. */
  readonly answered: (stdout: string) => number
}

function run(argv: readonly string[], input = ''): void {
  execFileSync(argv[0]!, argv.slice(1), { input, stdio: ['pipe', 'ignore', 'pipe'] })
}

function up(): void {
  run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path('id')])
  run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path('host')])
  run(['cp', path('id.pub'), path('authorized_keys')])
  run(['ip', 'netns', 'add', `${prefix}0`])
  const client = [
    'link set lo up',
    'link add br0 type bridge',
    'addr add 10.199.0.1/16 dev br0',
    'link set br0 up',
  ]
  run(['ip', '-n', `${prefix}0`, '-batch', '-'], client.join('\n'))
  for (const number of numbers) startHost(number)
  writeClientFiles()
  writeFileSync(
    preload,
    `const fs = require('node:fs')
process.on('exit', () => {
  const isSocket = (fd) => {
    try { return fd > 2 && fs.readlinkSync('/proc/self/fd/' + fd).startsWith('socket:') } catch { return false }
  }
  const sockets = fs.readdirSync('/proc/self/fd').filter((fd) => isSocket(Number(fd))).length
  const memoryMiB = Math.round(process.resourceUsage().maxRSS / 1024)
  fs.appendFileSync(${JSON.stringify(useFile)}, JSON.stringify({ memoryMiB, sockets }) + '\\n')
})`,
  )
}

function startHost(number: number): void {
  const namespace = `${prefix}${number}`
  run(['ip', 'netns', 'add', namespace])
  run([
    'ip',
    '-n',
    namespace,
    'link',
    'add',
    'eth0',
    'type',
    'veth',
    'peer',
    'name',
    `v${number}`,
    'netns',
    `${prefix}0`,
  ])
  run(['ip', '-n', `${prefix}0`, 'link', 'set', `v${number}`, 'master', 'br0', 'up'])
  const links = ['link set lo up', `addr add ${addressOf(number)}/16 dev eth0`, 'link set eth0 up']
  run(['ip', '-n', namespace, '-batch', '-'], links.join('\n'))
  const config = path(`sshd-${number}.conf`)
  writeFileSync(
    config,
    [
      `ListenAddress ${addressOf(number)}`,
      `HostKey ${path('host')}`,
      `PidFile ${path(`sshd-${number}.pid`)}`,
      `AuthorizedKeysFile ${path('authorized_keys')}`,
      'PasswordAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'MaxStartups 500',
      'PermitRootLogin yes',
      'Subsystem sftp internal-sftp',
      'LogLevel ERROR',
    ].join('\n'),
  )
  mkdirSync('/run/sshd', { recursive: true })
  // A home of its own: root's may start half a language's version manager for every command.
  const start = `hostname ${namespace}; mount -t tmpfs home /root; exec "$(command -v sshd)" -f ${config}`
  run([
    'ip',
    'netns',
    'exec',
    namespace,
    'unshare',
    '--uts',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    start,
  ])
}

function writeClientFiles(): void {
  const hostKey = readFileSync(path('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  const known = numbers.map((number) => `${addressOf(number)} ${hostKey}`).join('\n')
  mkdirSync(path('.ssh'), { mode: 0o700 })
  writeFileSync(path('.ssh', 'known_hosts'), `${known}\n`)
  const common = `IdentityFile ${path('id')}\nIdentitiesOnly yes\nUser root\nUserKnownHostsFile ${path('.ssh/known_hosts')}\n`
  writeFileSync(path('.ssh', 'config'), common)
  writeFileSync(path('ssh_config_same_kex'), `${common}KexAlgorithms curve25519-sha256\n`)
  writeFileSync(path('hosts'), `${numbers.map(addressOf).join('\n')}\n`)
}

/** Ends what this run started, by the pid files it made, and removes what carries its name. */
function down(): void {
  for (const number of numbers) {
    const pidFile = path(`sshd-${number}.pid`)
    if (existsSync(pidFile)) spawnSync('kill', [readFileSync(pidFile, 'utf8').trim()])
  }
  for (const number of [0, ...numbers]) spawnSync('ip', ['netns', 'delete', `${prefix}${number}`])
  rmSync(work, { recursive: true, force: true })
}

function contenders(): Contender[] {
  const at = String(concurrency)
  const everyone = numbers.map(addressOf).join(',')
  const openssh = (config: string, suffix: string): Contender[] => [
    {
      name: `clush${suffix}`,
      needs: 'clush',
      argv: ['clush', '-f', at, '-o', `-F ${config}`, '-w', everyone, 'sh -s'],
      stdin: collectorScript,
      answered: (stdout) => stdout.match(/@apoctl end/g)?.length ?? 0,
    },
    {
      name: `parallel-ssh${suffix}`,
      needs: 'parallel-ssh',
      argv: [
        'parallel-ssh',
        '-h',
        path('hosts'),
        '-p',
        at,
        '-t',
        '120',
        '-x',
        `-F ${config}`,
        '-I',
        '-P',
        'sh -s',
      ],
      stdin: collectorScript,
      answered: (stdout) => stdout.match(/\[SUCCESS\]/g)?.length ?? 0,
    },
    {
      name: `ansible -m setup${suffix}`,
      needs: 'ansible',
      argv: [
        'ansible',
        'all',
        '-i',
        path('hosts'),
        '-f',
        at,
        '-m',
        'setup',
        '--ssh-common-args',
        `-F ${config}`,
      ],
      stdin: '',
      answered: (stdout) => stdout.match(/\| SUCCESS =>/g)?.length ?? 0,
    },
  ]
  return [
    {
      name: 'apoctl preflight linux',
      needs: 'node',
      argv: [
        process.execPath,
        resolve('bin/run.js'),
        'preflight',
        'linux',
        '--inventory',
        path('hosts'),
        '--concurrency',
        at,
        '-o',
        'json',
      ],
      stdin: '',
      answered: (stdout: string) =>
        (JSON.parse(stdout) as { readonly hosts: readonly unknown[] }).hosts.length,
    },
    ...openssh(path('.ssh/config'), ''),
    ...openssh(path('ssh_config_same_kex'), ', key exchange as apoctl'),
  ].filter(({ needs }) => spawnSync('sh', ['-c', `command -v ${needs}`]).status === 0)
}

function measure(contender: Contender): number {
  const begun = performance.now()
  const [tool, ...args] = contender.argv
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: work,
    APOCTL_HOME: path('.apoctl'),
    ANSIBLE_GATHERING: 'explicit',
    LC_ALL: 'C.UTF-8',
    ...(contender.needs === 'node' ? { NODE_OPTIONS: `--require=${preload}` } : {}),
  }
  const result = spawnSync('ip', ['netns', 'exec', `${prefix}0`, tool!, ...args], {
    input: contender.stdin,
    env: environment,
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  })
  const seconds = (performance.now() - begun) / 1000
  const answered = result.stdout === '' ? 0 : contender.answered(result.stdout)
  if (answered !== hostCount)
    throw new Error(
      `${contender.name} asked ${answered} of ${hostCount} hosts: ${result.stderr.slice(-2000)}${result.stdout.slice(-500)}`,
    )
  return seconds
}

/** What apoctl had at its end, as it wrote it down itself: the worst of all rounds. */
function judgeUse(): void {
  const uses = readFileSync(useFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly memoryMiB: number; readonly sockets: number })
  const memoryMiB = Math.max(...uses.map((use) => use.memoryMiB))
  const sockets = Math.max(...uses.map((use) => use.sockets))
  const isFine = memoryMiB < mostMemoryMiB && sockets === 0
  process.stdout.write(
    `${isFine ? 'ok' : 'MISSED'}: at most ${memoryMiB} MiB (limit ${mostMemoryMiB}), ${sockets} sockets open at the end (limit 0)\n`,
  )
  if (!isFine) process.exitCode = 1
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function main(): void {
  try {
    up()
    const all = contenders()
    const times = new Map<string, number[]>(all.map(({ name }) => [name, []]))
    // Turn by turn, so that whatever else the machine does meets everybody.
    for (let round = 0; round < rounds; round += 1)
      for (const one of all) times.get(one.name)!.push(measure(one))
    const own = median(times.get(all[0]!.name)!)
    const rows = all.map(({ name }) => {
      const seconds = median(times.get(name)!)
      return `| ${name} | ${seconds.toFixed(2)} | ${(seconds / own).toFixed(2)} |`
    })
    const head = `${hostCount} hosts on loopback, concurrency ${concurrency}, median of ${rounds} rounds`
    process.stdout.write(`${head}\n\n| what | s | against apoctl |\n|---|---|---|\n${rows.join('\n')}\n\n`)
    judgeUse()
  } finally {
    down()
  }
}

main()
