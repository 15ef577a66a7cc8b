import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import { gatewayOf, type HostLayout, type LabLayout } from '../lab-layout.ts'
import { lastLine } from '../machine/tools.ts'
import type { Subnet } from '../subnet.ts'
import { sudoer } from '../image/image-recipe.ts'

export interface SeedOptions {
  readonly lab: LabLayout
  readonly subnet: Subnet
  readonly host: HostLayout
  /** Every host of the lab: they know each other by name. */
  readonly hosts: readonly HostLayout[]
}

/** User and group of the image's first account. */
const sudoerId = 1000

/** Writes what is a host's own: its names, its machine ID, its SSH host key, who may log in. */
export async function writeSeed(options: SeedOptions, context: LabContext): Promise<void> {
  const { host, lab } = options
  const authorised = await readFile(`${lab.identity}.pub`, 'utf8')
  for (const directory of ['', 'etc', 'etc/ssh', 'home']) await makeOpenDirectory(join(host.seed, directory))
  await ensureKeyPair({ file: hostKeyFile(host), comment: `root@${host.name}` }, context)
  await writeOpenFile(join(host.seed, 'etc/hostname'), `${host.name}\n`)
  await writeOpenFile(join(host.seed, 'etc/hosts'), hostsFile(options))
  const machineId = join(host.seed, 'etc/machine-id')
  if (!(await exists(machineId))) await writeOpenFile(machineId, `${randomBytes(16).toString('hex')}\n`)
  await admit({ home: join(host.seed, 'root'), owner: 0, authorised })
  await admit({ home: join(host.seed, 'home', sudoer), owner: sudoerId, authorised })
}

export function hostKeyFile(host: HostLayout): string {
  return join(host.seed, 'etc/ssh/ssh_host_ed25519_key')
}

/** Makes an ed25519 key pair unless the file is there. */
export async function ensureKeyPair(
  options: { readonly file: string; readonly comment: string },
  context: LabContext,
): Promise<void> {
  const { file, comment } = options
  // A run that was killed may have left one half.
  if ((await exists(file)) && (await exists(`${file}.pub`))) return
  const result = await context.machine.run(
    ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file],
    {
      stdin: 'y\n',
      signal: context.signal,
      timeoutMs: 10_000,
    },
  )
  if (result.exitCode !== 0)
    throw new ApoctlError(['APO-LAB-TOOLS', `ssh-keygen could not make ${file}: ${lastLine(result.stderr)}`])
}

// The umask of whoever runs this must not decide what the accounts of a host can read.
async function makeOpenDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
}

async function writeOpenFile(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o644)
}

async function admit(options: {
  readonly home: string
  readonly owner: number
  readonly authorised: string
}): Promise<void> {
  const directory = join(options.home, '.ssh')
  const file = join(directory, 'authorized_keys')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(file, options.authorised, { mode: 0o600 })
  // Directories of the upper layer decide for the merged one, so their modes are the image's.
  await chmod(options.home, 0o700)
  for (const path of [options.home, directory, file]) await chown(path, options.owner, options.owner)
}

function hostsFile({ hosts, subnet }: SeedOptions): string {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    `${gatewayOf(subnet)} console.lab`,
    ...hosts.map(({ address, name }) => `${address} ${name}`),
  ]
  return `${lines.join('\n')}\n`
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
