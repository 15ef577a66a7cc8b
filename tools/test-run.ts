import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Programs that tests of real shells, SSH servers, keyrings and lists of certificates run, besides Node. */
const programs = [
  'sshd',
  'ssh',
  'ssh-keygen',
  'sudo',
  'doas',
  'busybox',
  'dash',
  'fish',
  'tcsh',
  'shellcheck',
  'unshare',
  'setpriv',
  'certutil',
  'curl',
  'wget',
  'ansible-inventory',
  'tmux',
  'dbus-daemon',
  'dbus-send',
  'gnome-keyring-daemon',
]
const whatNeedsThem =
  /helpers\/(sshd|ssh-prints|ssh-namespace|ansible|tmux|keyring-session)\.ts'|busybox|'certutil'/

/**
 * Test files that this machine cannot run, because they need root or programs that are not here: none
 * with APOCTL_TEST_ALL=1, where what is missing fails. Says on standard error how many it leaves out.
 */
export function leftOutHere(): string[] {
  if (process.env['APOCTL_TEST_ALL'] === '1') return []
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...programs.filter((program) => !isInstalled(program)),
  ]
  if (missing.length === 0) return []
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !/^(?:e2e|bench)\//.test(file))
    .map((file) => join('test', file))
    .filter((file) => whatNeedsThem.test(readFileSync(file, 'utf8')))
  process.stderr.write(
    `left out: ${files.length} test files that need ${missing.join(', ')}, which this machine does not give\n`,
  )
  return files
}

function isInstalled(program: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * In CI a test that fails is run once more: machines are shared there. What passes the second time is named
 * as unsteady at the end of the run.
 */
export function retries(): number {
  return process.env['CI'] === 'true' ? 1 : 0
}

type Reporter = 'default' | ['json', { outputFile: string }]

/** What a run prints; with APOCTL_TEST_RESULTS=FOLDER it also leaves its numbers there, for `.ci/run`. */
export function reporters(): Reporter[] {
  const folder = process.env['APOCTL_TEST_RESULTS']
  if (folder === undefined) return ['default']
  return ['default', ['json', { outputFile: join(folder, `${Date.now()}-${process.pid}.json`) }]]
}
