import { lookup } from 'node:dns/promises'
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { sleep } from '../../async/sleep.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostSettings } from './host-settings.ts'

/** A second between two tries, as ssh waits. */
const betweenAttemptsMs = 1000

/** Connects to the SSH port of a host, as often as ConnectionAttempts says. */
export async function dial(settings: HostSettings, signal: AbortSignal): Promise<Socket> {
  const local = await localAddress(settings)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectOnce({ settings, local }, signal)
    } catch (error) {
      if (signal.aborted || attempt >= settings.route.attempts) throw error
    }
    await sleep(betweenAttemptsMs, { signal })
  }
}

interface LocalAddress {
  readonly address: string
  readonly family: 4 | 6
}

function connectOnce(
  to: { readonly settings: HostSettings; readonly local: LocalAddress | undefined },
  signal: AbortSignal,
): Promise<Socket> {
  const { hostName, port, route } = to.settings
  const { local } = to
  return new Promise((resolve, reject) => {
    const socket = connectSocket({
      host: hostName,
      port,
      family: local?.family ?? route.family,
      ...(local === undefined ? {} : { localAddress: local.address }),
      noDelay: true,
      keepAlive: route.tcpKeepAlive,
    })
    const abort = (): void => {
      socket.destroy()
      reject(signal.reason as Error)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** The address to come from: BindAddress, or one of BindInterface, of the family the host has. */
async function localAddress(settings: HostSettings): Promise<LocalAddress | undefined> {
  const { bindAddress, bindInterface, family } = settings.route
  if (bindAddress === undefined && bindInterface === undefined) return undefined
  const wanted = family === 0 ? await familyOfHost(settings.hostName) : family
  const candidates =
    bindAddress === undefined ? addressesOf(bindInterface ?? '') : await addressesNamed(bindAddress)
  const found = candidates.find((one) => wanted === 0 || one.family === wanted)
  if (found !== undefined) return found
  const what =
    bindAddress === undefined ? `BindInterface ${bindInterface ?? ''}` : `BindAddress ${bindAddress}`
  throw new ApoctlError([
    'APO-SSH-CONFIG',
    `${what} gives no address of this machine to reach ${settings.alias} from`,
  ])
}

async function familyOfHost(host: string): Promise<0 | 4 | 6> {
  const known = isIP(host)
  if (known === 4 || known === 6) return known
  return lookup(host).then(
    ({ family }) => (family === 6 ? 6 : 4),
    () => 0,
  )
}

async function addressesNamed(name: string): Promise<LocalAddress[]> {
  const found = await lookup(name, { all: true }).catch(() => [])
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** Addresses that only this machine knows come last. */
function addressesOf(name: string): LocalAddress[] {
  const all = networkInterfaces()[name] ?? []
  const isLocal = ({ address, internal }: (typeof all)[number]): boolean =>
    internal || address.startsWith('fe80:')
  return [...all.filter((one) => !isLocal(one)), ...all.filter(isLocal)].map(({ address, family }) => ({
    address,
    family: family === 'IPv6' ? 6 : 4,
  }))
}
