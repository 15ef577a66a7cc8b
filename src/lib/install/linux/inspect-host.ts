import { enforcerPaths, enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import { signatureProbe } from './delivery-scripts.ts'
import {
  packageFactsScript,
  parsePackageFacts,
  noPackages,
  type PackageFacts,
} from '../packages/package-facts.ts'
import type { HostFile } from './host-file.ts'
import { parsePartialVersions, partialVersionsScript, type PartialVersion } from './partial-version.ts'

/** What of an enforcer is on a host; the plan is worked out from this alone. */
export interface InstalledState {
  /** The version the `current` link names; undefined without one. */
  readonly currentVersion: string | undefined
  /** Text of the manifest of each complete version folder, by version. */
  readonly manifests: ReadonlyMap<string, string>
  /** What runs that were ended left of versions, by version. */
  readonly partials: ReadonlyMap<string, PartialVersion>
  /** Content of the files outside of the version folders; undefined when absent. */
  readonly files: ReadonlyMap<string, HostFile | undefined>
  readonly folders: ReadonlyMap<string, boolean>
  readonly serviceActive: boolean
  readonly serviceEnabled: boolean
  /** Content of /etc/machine-id; empty when there is none. */
  readonly machineId: string
  /** Whether it has a program that checks signatures as bundles have them. */
  readonly verifiesSignatures: boolean
  /** What its package manager knows, and where packages come from. */
  readonly packages: PackageFacts
  /** `x86_64`, `aarch64`, as the kernel says. */
  readonly machine: string
}

export const managedFiles = [
  enforcerPaths.configuration,
  enforcerPaths.credential,
  enforcerPaths.consoleAuthority,
  enforcerPaths.unit,
  enforcerPaths.modulesLoad,
] as const
export const managedFolders = [
  enforcerPaths.programs,
  enforcerPaths.data,
  enforcerPaths.state,
  enforcerPaths.spool,
] as const

/** Tells our lines from whatever a login script prints. */
const mark = 'apoctl-inspect'
const inspectTimeoutMs = 60_000

/** $1 programs folder, $2 unit, then folders, `--`, files. Reads and changes nothing. Login scripts may end without a new line. */
const inspectScript = `echo
say() { printf '${mark} %s\\n' "$*"; }
flat() { base64 | tr -d '\\n'; }
programs=$1; unit=$2; shift 2
say machine "$(uname -m)"
if ${signatureProbe}; then say signatures yes; fi
say machineid "$(cat /etc/machine-id 2>/dev/null)"
say current "$(readlink "$programs/current" 2>/dev/null)"
say active "$(systemctl is-active "$unit" 2>/dev/null)"
say enabled "$(systemctl is-enabled "$unit" 2>/dev/null)"
for manifest in "$programs"/*/manifest.json; do
  [ -f "$manifest" ] || continue
  version=$(basename "$(dirname "$manifest")")
  case $version in current|*.partial|*.replaced) continue ;; esac
  say manifest "$version" "$(flat < "$manifest")"
done${packageFactsScript}${partialVersionsScript}
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then say folder "$1" yes; else say folder "$1" no; fi
  shift
done
shift
for file in "$@"; do
  if [ -f "$file" ]; then say file "$file" "$(stat -c %a "$file")" "$(flat < "$file")"; else say file "$file"; fi
done
say end
`

/** Looks at a host in one round trip. The transport must be root's: some files are nobody else's to read. */
export async function inspectHost(
  transport: Transport,
  context: { readonly signal: AbortSignal },
): Promise<InstalledState> {
  const args = [enforcerPaths.programs, enforcerServiceName, ...managedFolders, '--', ...managedFiles]
  const script = { text: inspectScript, args, signal: context.signal, timeoutMs: inspectTimeoutMs }
  const result = await runScript(transport, script)
  return parseInspection(result.stdout.toString('utf8'), transport.target)
}

/** Reads what the script said. Throws APO-HOST-ANSWER when it did not come to its end. */
export function parseInspection(output: string, target: string): InstalledState {
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith(`${mark} `))
    .map((line) => line.slice(mark.length + 1).split(' '))
  if (lines.at(-1)?.[0] !== 'end')
    throw new ApoctlError(['APO-HOST-ANSWER', `${target}: looking at the host gave no complete answer`])
  const all = (kind: string): string[][] =>
    lines.filter(([first]) => first === kind).map(([, ...rest]) => rest)
  const word = (kind: string): string => all(kind)[0]?.[0] ?? ''
  const current = word('current')
  return {
    machine: word('machine'),
    machineId: word('machineid'),
    verifiesSignatures: word('signatures') === 'yes',
    currentVersion: current === '' ? undefined : current,
    serviceActive: word('active') === 'active',
    serviceEnabled: word('enabled') === 'enabled',
    manifests: new Map(all('manifest').map(([version = '', content = '']) => [version, decode(content)])),
    partials: parsePartialVersions(all),
    packages: parsePackageFacts(all),
    folders: new Map(all('folder').map(([path = '', there]) => [path, there === 'yes'])),
    files: new Map(
      all('file').map(([path = '', mode, content = '']) => [
        path,
        mode === undefined ? undefined : { mode, content: decode(content) },
      ]),
    ),
  }
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

/** A host that never had an enforcer. */
export function emptyHost(machine: string): InstalledState {
  return {
    machine,
    machineId: '',
    verifiesSignatures: true,
    currentVersion: undefined,
    manifests: new Map(),
    partials: new Map(),
    packages: noPackages,
    files: new Map(),
    folders: new Map(),
    serviceActive: false,
    serviceEnabled: false,
  }
}
