import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

/**
 * Names and addresses under which clients may reach a Console: where it listens, its public address, and
 * this machine by name. Listening everywhere means every address of the machine.
 */
export function namesOfConsole(options: {
  readonly host: string
  readonly publicUrl: string | undefined
}): readonly string[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', options.host])
  if (options.host === '0.0.0.0' || options.host === '::') {
    names.delete(options.host)
    names.add(hostname())
    for (const { address, internal } of Object.values(networkInterfaces()).flatMap((list) => list ?? [])) {
      if (!internal) names.add(address)
    }
  }
  if (options.publicUrl !== undefined) names.add(new URL(options.publicUrl).hostname.replace(/^\[|\]$/g, ''))
  // Link-local addresses carry a zone, which no certificate can name.
  return [...names].filter((name) => !name.includes('%') && isCertifiable(name)).sort()
}

function isCertifiable(name: string): boolean {
  return isIP(name) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name)
}
