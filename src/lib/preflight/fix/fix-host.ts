import { runScript } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import type { Check } from '../checks/check.ts'
import type { HostFacts } from '../facts/host-facts.ts'
import { judgeCheck, verdictOf, type CheckResult, type HostPreflight } from '../judge-host.ts'
import type { FixReport } from '../preflight-report.ts'
import type { CheckSelection } from '../select-checks.ts'
import type { FixAsker } from './fix-asker.ts'

export interface FixOptions {
  readonly checks: readonly Check[]
  readonly selection: CheckSelection
  readonly strict: boolean
  /** Most that one command may take: package managers are slow. */
  readonly commandTimeoutMs: number
}

export interface FixContext {
  readonly transport: Transport
  readonly ask: FixAsker
  readonly signal: AbortSignal
  /** Gathers the facts of the host again. */
  readonly collectAgain: () => Promise<HostFacts>
}

export interface FixedHost {
  readonly preflight: HostPreflight
  readonly fixes: readonly FixReport[]
}

/**
 * Goes through the problems of a host that have a command for it: shows it, asks, runs it, and judges
 * that check alone again. The same command is asked for once, however many checks it serves.
 */
export async function fixHost(
  judged: { readonly preflight: HostPreflight; readonly options: FixOptions },
  context: FixContext,
): Promise<FixedHost> {
  const { options } = judged
  let checks = judged.preflight.checks
  const fixes: FixReport[] = []
  for (const command of commandsOf(checks)) {
    const served = checks.filter((result) => needsFix(result) && result.fix?.command === command)
    const [first] = served
    if (first === undefined) continue
    const about = { host: judged.preflight.host, checkId: first.id, command }
    const attempt = await tryFix({ about, automatic: first.fix?.automatic === true, options }, context)
    if (attempt.outcome !== 'ran') {
      fixes.push({ ...about, outcome: attempt.outcome, output: attempt.output })
      continue
    }
    const again = await judgeAgain(served, { options, context })
    checks = checks.map((result) => again.find(({ id }) => id === result.id) ?? result)
    const mended = again.every((result) => !needsFix(result))
    fixes.push({ ...about, outcome: mended ? 'mended' : 'ran, still fails', output: attempt.output })
  }
  const verdict = verdictOf(checks, options)
  return { preflight: { ...judged.preflight, checks, verdict }, fixes }
}

function needsFix(result: CheckResult): boolean {
  return result.outcome === 'fail' && result.effect !== 'none'
}

function commandsOf(results: readonly CheckResult[]): string[] {
  return [
    ...new Set(results.flatMap((result) => (needsFix(result) && result.fix ? [result.fix.command] : []))),
  ]
}

type Attempt =
  | { readonly outcome: 'ran'; readonly output: string }
  | { readonly outcome: 'by hand' | 'declined' | 'failed'; readonly output: string }

async function tryFix(
  what: {
    readonly about: { readonly host: string; readonly checkId: string; readonly command: string }
    readonly automatic: boolean
    readonly options: FixOptions
  },
  context: FixContext,
): Promise<Attempt> {
  const { host, checkId, command } = what.about
  if (!what.automatic) return { outcome: 'by hand', output: 'this needs a decision or a reboot' }
  const text = `${host}: to mend ${checkId}, run as root: ${command}`
  if (!(await context.ask.confirm({ text, flag: '--yes' }))) return { outcome: 'declined', output: '' }
  const result = await runScript(context.transport, {
    text: command,
    signal: context.signal,
    timeoutMs: what.options.commandTimeoutMs,
  })
  const output = [result.stdout, result.stderr]
    .map((stream) => stream.toString('utf8').trim().split('\n').slice(-3).join('\n'))
    .filter(Boolean)
    .join('\n')
  return { outcome: result.exitCode === 0 ? 'ran' : 'failed', output }
}

/** Only the checks that the command was for: the rest of the report stays as it was seen. */
async function judgeAgain(
  served: readonly CheckResult[],
  how: { readonly options: FixOptions; readonly context: FixContext },
): Promise<readonly CheckResult[]> {
  const facts = await how.context.collectAgain()
  return how.options.checks
    .filter(({ id }) => served.some((result) => result.id === id))
    .map((check) => judgeCheck(check, { facts, selection: how.options.selection }))
}
