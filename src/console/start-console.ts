import { join } from 'node:path'
import { limitsOf, type ConsoleOptions } from './console-options.ts'
import { openIdentity } from './auth/console-identity.ts'
import { rememberTokens } from './auth/remember-tokens.ts'
import { createEventHub } from './events/event-hub.ts'
import { doFirstStart } from './first-start.ts'
import { startHttpsServer } from './http/https-server.ts'
import { startSweeping } from './resources/start-sweeping.ts'
import { openStore } from './open-store.ts'
import type { ConsoleServices } from './services.ts'
import { createTraffic } from './traffic/traffic.ts'
import type { ObjectStore } from './store/store.ts'
import type { ConsoleWorld } from './world.ts'

export interface RunningConsole {
  /** Where clients reach it; no slash at the end. */
  readonly url: string
  /** Where it listens, also when it was free to choose. */
  readonly port: number
  /** The certificate that clients have to trust, and where it lies. */
  readonly caPem: string
  readonly caPath: string
  /** App credential file of the administrator, mode 0600. */
  readonly adminCredentialPath: string
  /** True when this start made the Console. */
  readonly firstStart: boolean
  /** Stops: no new requests, the open ones end, readers of events are told. Safe to call twice. */
  close(): Promise<void>
}

/** Starts an embedded Console. Throws ApoctlError when its data directory or its address cannot be used. */
export async function startConsole(options: ConsoleOptions, world: ConsoleWorld): Promise<RunningConsole> {
  const store = await openStore(options.dataDir, world)
  try {
    return await startWithStore(options, { world, store })
  } catch (error) {
    store.close()
    throw error
  }
}

async function startWithStore(
  options: ConsoleOptions,
  { world, store }: { readonly world: ConsoleWorld; readonly store: ObjectStore },
): Promise<RunningConsole> {
  const { dataDir, publicUrl, listen } = options
  const { certificate, ...identity } = await openIdentity(options, { world, store })
  const limits = limitsOf(options)
  const hub = createEventHub(world)
  const caPem = identity.authority.pem
  const server = await startHttpsServer({ listen, certificate, caPem, limits, world }, hub)
  const stop = once(async () => {
    hub.stop()
    await server.close()
  })
  try {
    const url = publicUrl?.replace(/\/+$/, '') ?? server.url
    const publish: ConsoleServices['publish'] = (event) => hub.publish(event)
    const signer = rememberTokens(identity.signer)
    const traffic = createTraffic(limits.traffic, world)
    const packagesFolder = options.packagesFolder ?? join(dataDir, 'packages')
    const shared = { signer, url, store, limits, traffic, world, publish, packagesFolder }
    const services: ConsoleServices = { ...identity, ...shared }
    const first = await doFirstStart(dataDir, services)
    server.serve(services)
    const stopSweeping = startSweeping(services, limits.sweepEveryMs)
    const close = once(async () => {
      stopSweeping()
      await stop()
      store.close()
    })
    return { ...first, url, port: server.port, caPem, caPath: join(dataDir, 'ca.pem'), close }
  } catch (error) {
    await stop()
    throw error
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= action())
}
