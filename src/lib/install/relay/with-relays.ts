import { untilAborted } from '../../async/until-aborted.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { JumpHost } from '../../transports/ssh/find-jump-host.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'
import { startRelay, type Relay, type RelayOptions } from './start-relay.ts'

/** The jump host of one host, as a relay. */
export interface HostRelay {
  /** The jump host, for people. */
  readonly name: string
  /** Has it give out a bundle, and says where the host finds that. Rejects as `startRelay` does. */
  serve(bundle: EnforcerBundle, signal: AbortSignal): Promise<string>
}

/** What a run says about its relays. */
export type RelayTerms = Pick<RelayOptions, 'port' | 'programFile'>

/** The relay that a host is behind; undefined for one that is not behind a jump host. */
export type FindRelay = (host: FleetHost, signal: AbortSignal) => Promise<HostRelay | undefined>

export interface WayToRelays {
  readonly findJumpHost: (request: {
    readonly host: FleetHost
    readonly signal: AbortSignal
  }) => Promise<JumpHost | undefined>
}

export interface RelaysContext extends WayToRelays {
  readonly reporter: Reporter
  /** Of the run: a relay does not end with the host that happened to need it first. */
  readonly signal: AbortSignal
}

const closeTimeoutMs = 5000

/**
 * Lends an action the relays of a run, one for each jump host from when a host needs it, and leaves nothing on any
 * of them.
 */
export async function withRelays<Result>(
  options: RelayOptions,
  run: { readonly context: RelaysContext; readonly action: (find: FindRelay) => Promise<Result> },
): Promise<Result> {
  const relays = openRelays(options, run.context)
  try {
    return await run.action(relays.find)
  } finally {
    await relays.close()
  }
}

function openRelays(
  options: RelayOptions,
  context: RelaysContext,
): { readonly find: FindRelay; readonly close: () => Promise<void> } {
  const open = new Map<string, Promise<Relay>>()
  const all = new Set<Promise<Relay>>()
  const relayOn = (jump: JumpHost): Promise<Relay> => {
    const known = open.get(jump.key)
    if (known !== undefined) return known
    const relay = started(jump, { options, context })
    open.set(jump.key, relay)
    all.add(relay)
    // One that cannot be started is not tried again for each of its hosts; one that was lost is.
    relay.then((lost) => lost.ended.then(() => open.delete(jump.key))).catch(() => undefined)
    return relay
  }
  return {
    find: async (host, signal) => {
      const jump = await context.findJumpHost({ host, signal })
      if (jump === undefined) return undefined
      const serve = async (bundle: EnforcerBundle): Promise<string> => {
        const relay = await relayOn(jump)
        await relay.offer(bundle)
        return relay.addressFor(jump.towards)
      }
      return {
        name: jump.subject,
        serve: (bundle, untilThen) => untilAborted(serve(bundle), untilThen),
      }
    },
    close: async () => {
      await Promise.allSettled([...all].map(async (relay) => (await relay).close()))
    },
  }
}

async function started(
  jump: JumpHost,
  with_: { readonly options: RelayOptions; readonly context: RelaysContext },
): Promise<Relay> {
  const { reporter, signal } = with_.context
  const transport = await jump.open(signal)
  try {
    const relay = await startRelay(with_.options, { transport, reporter, signal })
    const close = async (): Promise<void> => {
      // A machine that does not answer any more sees by itself that nobody is there.
      await untilAborted(relay.close(), AbortSignal.timeout(closeTimeoutMs)).catch(() => undefined)
      await transport.close()
    }
    return { ...relay, close }
  } catch (error) {
    await transport.close()
    throw error
  }
}
