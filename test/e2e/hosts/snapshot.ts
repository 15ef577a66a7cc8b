import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
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

/** Text that tells how a host is set up, and the script that prints it in a stable order. */
const settingScripts: Readonly<Record<string, string>> = {
  nft: 'nft --stateless list ruleset',
  ipset: 'ipset save | sort',
  'iptables-legacy':
    'iptables-legacy-save 2>/dev/null | sed "/^#/d; s/\\[.*//"; ip6tables-legacy-save 2>/dev/null | sed "/^#/d; s/\\[.*//"',
  links: 'ip -o link show | cut -d: -f2',
  rules: 'ip -4 rule show; ip -6 rule show',
  routes: 'ip -4 route show table all; ip -6 route show table all | grep -Ev "fe80::|ff00::" || :',
  'unit files': 'systemctl list-unit-files --no-legend --no-pager --plain | awk "{ print \\$1, \\$2 }"',
  units:
    'systemctl list-units --all --type=service,socket,timer,path --no-legend --no-pager --plain | awk "{ print \\$1, \\$2, \\$3 }" | grep -Ev "^(user|session|systemd-tmpfiles-clean|run-)" || :',
  processes:
    'ps -e -o comm= | grep -Evx "ps|sh|grep|sort|ssh.*|\\(sd-pam\\)|systemd.*|sftp-server|sudo|awk" | sort -u || :',
}

/** Takes a snapshot; a second or so. */
export async function takeSnapshot(request: SnapshotRequest): Promise<HostSnapshot> {
  const settings = await readSettings(request)
  const layers = await layersOf(request)
  const root = `/proc/${request.initPid}/root`
  const files: Record<string, string> = {}
  await walk({ root, path: '/', layers, files })
  await walk({ root, path: '/run', layers, files })
  return { files, settings }
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

interface Walk {
  readonly root: string
  readonly path: string
  readonly layers: Layers
  readonly files: Record<string, string>
}

async function walk({ root, path, layers, files }: Walk): Promise<void> {
  const device = (await lstat(root + path)).dev
  const visit = async (directory: string): Promise<void> => {
    const names = await readdir(root + directory).catch(() => [])
    for (const name of names) {
      const child = join(directory, name)
      if (restless.some((pattern) => pattern.test(child))) continue
      const found = await describe({ root, path: child, layers }, device)
      if (found === undefined) continue
      files[child] = found.text
      if (found.isDirectory) await visit(child)
    }
  }
  await visit(path)
}

async function describe(
  what: { readonly root: string; readonly path: string; readonly layers: Layers },
  device: number,
): Promise<{ readonly text: string; readonly isDirectory: boolean } | undefined> {
  const full = what.root + what.path
  const stat = await lstat(full).catch(() => undefined)
  // Gone in the meantime, or another file system: /proc, or something a test put over a path.
  if (stat === undefined || (stat.isDirectory() && stat.dev !== device)) return undefined
  const head = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`
  if (stat.isSymbolicLink()) return { text: `${head} → ${await readlink(full)}`, isDirectory: false }
  if (stat.isFile()) return { text: `${head} ${await contentOf(what)}`, isDirectory: false }
  return { text: head, isDirectory: stat.isDirectory() }
}

/** A file that was never written to is as in the image; one that was may be so again. */
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
