// The main job, end to end, on throw-away hosts of this machine: `npm run demo`, and `npm run demo -- down`
// to take everything away again. Needs root and Debian or Ubuntu; installs what the lab lacks with apt-get.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const lab = 'demo'
const subnet = '10.77.0.0/24'
const api = 'https://10.77.0.1:4443'
const home = process.env.APOCTL_HOME ?? join(homedir(), '.apoctl')
const folder = join(home, 'demo')
const pidFile = join(folder, 'console.pid')
const credential = join(folder, 'console', 'administrator.creds')
const inventory = join(home, 'lab', lab, 'inventory.yaml')

if (process.getuid() !== 0) fail('the lab needs root: run this with sudo')
if (process.argv[2] === 'down') down()
else await up()

async function up() {
  run('node', ['tools/build.mjs'])
  if (!existsSync('build/enforcer')) run('node', ['tools/build-enforcer.mjs'])
  title('Three Linux hosts, each with its own systemd, SSH server and address')
  apoctl(['lab', 'up', '--name', lab, '--hosts', '3', '--subnet', subnet, '--install-tools'])
  title('A Console for them')
  await startConsole()
  const login = ['--creds', credential]
  if (!hasNamespace(login))
    apoctl(['api', 'create', 'namespace', ...login, '-n', '/', '-d', '{"name":"demo"}'])
  const there = [...login, '--namespace', '/demo', '--inventory', inventory]
  title('Can these hosts carry the enforcer?')
  const trust = ['--api-cacert', join(folder, 'console', 'ca.pem')]
  apoctl(['preflight', 'linux', '--inventory', inventory, '--api', api, ...trust], { mayFail: true })
  title('Install it')
  apoctl(['enforcer', 'install', 'linux', ...there, '--confirm'])
  title('Are they connected?')
  apoctl(['enforcer', 'status', ...login, '--namespace', '/demo'])
  process.stdout.write(`
The Console goes on at ${api}; its log is ${join(folder, 'console.log')}.
  Look around      export APOCTL_CREDS=${credential}; node bin/run.js enforcer status -n /demo
  Your own hosts   node bin/run.js preflight linux --host root@HOST --api https://ADDRESS-THEY-REACH:4443
  Take it away     npm run demo -- down
`)
}

/** The Console goes on after this script ends; its process id is kept, so that \`down\` ends that one. */
async function startConsole() {
  if (isRunning()) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const log = openSync(join(folder, 'console.log'), 'a', 0o600)
  const args = [
    'bin/run.js',
    'console',
    'serve',
    '--listen',
    '10.77.0.1:4443',
    '--data-dir',
    join(folder, 'console'),
  ]
  const child = spawn('node', args, { detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  writeFileSync(pidFile, String(child.pid))
  child.unref()
  for (let tries = 0; tries < 100; tries += 1) {
    if (existsSync(credential) && health()) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  fail(`the Console did not start; see ${join(folder, 'console.log')}`)
}

function hasNamespace(login) {
  const args = [
    'bin/run.js',
    'api',
    'list',
    'namespaces',
    ...login,
    '-n',
    '/',
    '-c',
    'name',
    '-o',
    'jsonl',
    '-q',
  ]
  return spawnSync('node', args, { encoding: 'utf8' }).stdout.includes('"/demo"')
}

function health() {
  const args = [
    'bin/run.js',
    'api',
    'list',
    'namespaces',
    '--creds',
    credential,
    '-n',
    '/',
    '-o',
    'none',
    '-q',
  ]
  return spawnSync('node', args, { stdio: 'ignore' }).status === 0
}

function down() {
  const pid = consolePid()
  if (pid !== undefined && isRunning()) process.kill(pid, 'SIGTERM')
  apoctl(['lab', 'down', '--name', lab], { mayFail: true })
  rmSync(folder, { recursive: true, force: true })
}

function consolePid() {
  return existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined
}

/** Only the very process that was started counts: process ids are used again. */
function isRunning() {
  const pid = consolePid()
  if (pid === undefined || !existsSync(`/proc/${pid}/cmdline`)) return false
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
}

function apoctl(args, how) {
  process.stdout.write(`\n$ apoctl ${args.join(' ')}\n`)
  run('node', ['bin/run.js', ...args], how)
}

function run(command, args, { mayFail = false } = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0 && !mayFail) process.exit(status ?? 1)
}

function title(text) {
  process.stdout.write(`\n== ${text}\n`)
}

function fail(text) {
  process.stderr.write(`demo: ${text}\n`)
  process.exit(1)
}
