import { enforcerPaths, enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { runScript } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import { ownSources, planPackageRemoval, type Removal } from '../packages/plan-package-removal.ts'
import { fingerprintOf } from '../plan/fingerprint.ts'
import { inspectHost, type InstalledState } from './inspect-host.ts'

/** The table that holds every rule of the enforcer. */
export const nftTable = 'prisma_enforcer'

/** $1 unit. Stopped for good before its files go, so that nothing restarts it. */
const stopScript = `systemctl disable --quiet --now "$1" 2>/dev/null
systemctl kill --signal=KILL "$1" 2>/dev/null
systemctl reset-failed "$1" 2>/dev/null
true`
/** $1 table. Its sets, maps and rules go with it. */
const rulesScript = `command -v nft >/dev/null 2>&1 || exit 0
nft list table inet "$1" >/dev/null 2>&1 || exit 0
nft delete table inet "$1"`
const removeScript = `rm -rf -- "$@"`
const reloadScript = `systemctl daemon-reload`

/** $1 unit, $2 table, then paths: prints what is still there, one a line, then \`end\`. */
const leftoverScript = `echo
unit=$1; table=$2; shift 2
[ "$(systemctl show -p LoadState --value "$unit" 2>/dev/null)" = not-found ] || echo "left unit $unit"
[ -z "$(systemctl show -p MainPID --value "$unit" 2>/dev/null | grep -v '^0$')" ] || echo "left process of $unit"
if command -v nft >/dev/null 2>&1 && nft list table inet "$table" >/dev/null 2>&1; then echo "left nft table inet $table"; fi
for path in "$@"; do
  if [ -e "$path" ] || [ -L "$path" ]; then echo "left $path"; fi
done
echo end`

export const paths = [
  enforcerPaths.programs,
  enforcerPaths.data,
  enforcerPaths.unit,
  enforcerPaths.modulesLoad,
] as const

interface HostAccess {
  readonly transport: Transport
  readonly signal: AbortSignal
}

/** What there is to remove on a host. */
export interface Findings {
  readonly state: InstalledState
  readonly removals: readonly Removal[]
  readonly fingerprint: string
  /** Files of the source of packages that go as well. */
  readonly sources: readonly string[]
}

/** Looks at the host and works out what is to do. */
export async function lookForRemoval(
  options: { readonly keepSource: boolean },
  context: HostAccess,
): Promise<Findings> {
  const state = await inspectHost(context.transport, context)
  const leftBefore = await findLeftovers(paths, context)
  const sources = options.keepSource ? [] : ownSources(state.packages)
  const packageSteps = planPackageRemoval(state.packages, sources)
  const isThere = isPresent(state) || leftBefore.length > 0 || packageSteps.length > 0
  const removals = isThere ? planRemoval(packageSteps) : []
  return { state, removals, sources, fingerprint: fingerprintOf({ state, leftBefore }) }
}

function planRemoval(packageSteps: readonly Removal[]): readonly Removal[] {
  return [
    {
      id: 'service',
      title: `stop and disable ${enforcerServiceName}`,
      change: { script: stopScript, args: [enforcerServiceName] },
    },
    {
      id: 'rules',
      title: `delete nft table inet ${nftTable}`,
      change: { script: rulesScript, args: [nftTable] },
    },
    ...packageSteps,
    { id: 'files', title: `remove ${paths.join(', ')}`, change: { script: removeScript, args: paths } },
    { id: 'units', title: 'have systemd forget the unit', change: { script: reloadScript } },
  ]
}

/** Looks what is still there. */
export async function findLeftovers(
  where: readonly string[],
  { transport, signal }: HostAccess,
): Promise<readonly string[]> {
  const args = [enforcerServiceName, nftTable, ...where]
  const result = await runScript(transport, { text: leftoverScript, args, signal, timeoutMs: 60_000 })
  const lines = result.stdout.toString('utf8').trim().split('\n')
  if (lines.at(-1) !== 'end')
    throw new ApoctlError([
      'APO-HOST-ANSWER',
      `${transport.target}: looking for leftovers gave no complete answer`,
    ])
  return lines.filter((line) => line.startsWith('left ')).map((line) => line.slice('left '.length))
}

function isPresent(state: InstalledState): boolean {
  return (
    state.serviceActive ||
    [...state.folders.values()].includes(true) ||
    [...state.files.values()].some((file) => file !== undefined)
  )
}
