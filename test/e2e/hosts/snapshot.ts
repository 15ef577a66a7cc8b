import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { supervisorOf } from './supervisor.ts'

/** What a host is made of, as far as an installation could change it. Times are left out. */
export interface HostSnapshot {
  /** Path → type, mode, owner and content (a link's target, a file's digest, `as in image`). */
  readonly files: Readonly<Record<string, string>>
  /** Section → lines. */
  readonly settings: Readonly<Record<string, readonly string[]>>
}

export interface SnapshotRequest {
  /** Runs a script inside and gives its output. */
  readonly run: (script: string) => Promise<string>
  readonly initPid: number
  /** The host's directory in the lab. */
  readonly directory: string
}

/** Paths that a host changes by living: logs of logins, stamps of timers, private directories of units. */
const restless = [
  /^\/var\/log\/(?:wtmp|btmp|lastlog|journal)/,
  /^\/var\/lib\/systemd\/(?:random-seed|timers|timesync|deb-systemd-helper-masked)/,
  /^\/home\/[^/]+\/\.sudo_as_admin_successful$/,
  /^\/(?:var\/)?tmp\/(?:systemd-private-|lab-filler)/,
  /^\/run\/(?:log|user|sudo|lock|lab-pretend|credentials|systemd|sshd|mount|host|udev)(?:\/|$)/,
  /^\/run\/(?:utmp|motd\.dynamic|sshd\.pid|agetty\.reload)$/,
]

/**
 * Units that come and go by themselves: sessions, and helpers that the bus starts when they are asked
 * (`timedatectl`, `hostnamectl` …) and that end after half a minute of silence.
 */
const restlessUnits =
  '^(user|session|systemd-tmpfiles-clean|run-|systemd-(timedated|hostnamed|localed)[.]service)'

/** Text that tells how a host is set up, and the script that prints it in a stable order. */
const settingScripts: Readonly<Record<string, string>> = {
  nft: 'nft --stateless list ruleset',
  ipset: 'ipset save | sort',
  'iptables-legacy':
    'iptables-legacy-save 2>/dev/null | sed "/^#/d; s/\\[.*//"; ip6tables-legacy-save 2>/dev/null | sed "/^#/d; s/\\[.*//"',
  // Without the number of the other end, which is another one after every boot.
  links: 'ip -o link show | cut -d: -f2 | cut -d@ -f1',
  rules: 'ip -4 rule show; ip -6 rule show',
  routes: 'ip -4 route show table all; ip -6 route show table all | grep -Ev "fe80::|ff00::" || :',
  units: `systemctl list-units --all --type=service,socket,timer,path --no-legend --no-pager --plain | awk '{ print $1, $2, $3 }' | grep -Ev '${restlessUnits}' || :`,
  processes:
    'ps -e -o comm= | grep -Evx "ps|sh|grep|sort|ssh.*|\\(sd-pam\\)|systemd.*|sftp-server|sudo|awk" | sort -u || :',
}

/** Takes a snapshot; about half a second. */
export async function takeSnapshot(request: SnapshotRequest): Promise<HostSnapshot> {
  return { settings: await readSettings(request), files: await readFiles(request) }
}

async function readSettings(request: SnapshotRequest): Promise<HostSnapshot['settings']> {
  const scripts = Object.entries(settingScripts).map(
    ([section, script]) => `echo '== ${section}'; { ${script}; }`,
  )
  const sections = (await request.run(scripts.join('\n'))).split(/^== /m).slice(1)
  return Object.fromEntries(
    sections.map((text) => {
      const [section = '', ...lines] = text.split('\n')
      return [section, lines.filter((line) => line !== '')]
    }),
  )
}

/** What changed from `before` to `after`, one line each; empty when nothing did. */
export function diffSnapshots(before: HostSnapshot, after: HostSnapshot): string[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])].sort()
  const files = paths.flatMap((path) => {
    const [was, is] = [before.files[path], after.files[path]]
    if (was === is) return []
    if (was === undefined) return [`+ ${path}: ${is ?? ''}`]
    return is === undefined ? [`- ${path}: ${was}`] : [`~ ${path}: ${was} → ${is}`]
  })
  const settings = Object.keys(before.settings).flatMap((section) => {
    const [was, is] = [before.settings[section] ?? [], after.settings[section] ?? []]
    return [
      ...was.filter((line) => !is.includes(line)).map((line) => `- ${section}: ${line}`),
      ...is.filter((line) => !was.includes(line)).map((line) => `+ ${section}: ${line}`),
    ]
  })
  return [...files, ...settings]
}

interface Layers {
  /** What the host changed, seen from the mount namespace that has its disk. */
  readonly changes: string
  /** What it was born with, upper layer first. */
  readonly born: readonly string[]
}

async function layersOf(request: SnapshotRequest): Promise<Layers> {
  const outside = `/proc/${await supervisorOf(request.initPid)}/root${request.directory}`
  return { changes: `${outside}/disk/changes`, born: [`${outside}/seed`, `${outside}/image`] }
}

/** Everything on the root file system and in /run, by one `find` inside: ten thousand files at once. */
async function readFiles(request: SnapshotRequest): Promise<HostSnapshot['files']> {
  const layers = await layersOf(request)
  const written = await filesBelow(layers.changes)
  const listing = await request.run(`find / /run -xdev -printf '%p\\t%y %m %U:%G\\t%l\\0'`)
  const files: Record<string, string> = {}
  for (const line of listing.split('\0')) {
    const [path = '', head = '', target = ''] = line.split('\t')
    if (path === '' || restless.some((pattern) => pattern.test(path))) continue
    if (!head.startsWith('f')) files[path] = target === '' ? head : `${head} → ${target}`
    else files[path] = `${head} ${written.has(path) ? await contentOf({ path, layers }) : 'as in image'}`
  }
  return files
}

/** Paths of all files below a directory, as seen from it. */
async function filesBelow(directory: string): Promise<Set<string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return new Set(files.map((entry) => join(entry.parentPath, entry.name).slice(directory.length)))
}

/** What was written to may read as in the image again: after an edit and its undoing. */
async function contentOf(what: { readonly path: string; readonly layers: Layers }): Promise<string> {
  const { path, layers } = what
  const changed = await digestOf(layers.changes + path)
  if (changed === undefined) return 'as in image'
  for (const layer of layers.born) {
    const original = await digestOf(layer + path)
    if (original !== undefined) return original === changed ? 'as in image' : changed
  }
  return changed
}

async function digestOf(file: string): Promise<string | undefined> {
  try {
    const stat = await lstat(file)
    if (!stat.isFile()) return undefined
    // A hundred megabytes and more are a runtime's; its size tells enough.
    if (stat.size > 64 * 1024 * 1024) return `${stat.size} bytes`
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
      .slice(0, 16)
  } catch {
    return undefined
  }
}
