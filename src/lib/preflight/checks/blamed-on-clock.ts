import type { EndpointFacts, Probe } from '../facts/host-facts.ts'
import type { Verdict } from './check.ts'
import { sayApart, setByTimeService, skewToServer, surelyApartMs } from './clock-skew.ts'

/**
 * A certificate that is valid now, by the server's own time, and not by the host's: nothing is wrong with
 * the certificate, and no authority that anybody gives will help. Empty when it is not that.
 */
export function blamedOnClock(endpoint: EndpointFacts, { detail }: Probe): Partial<Verdict> {
  const skew = skewToServer(endpoint)
  const apartMs = skew === null ? 0 : surelyApartMs(skew)
  if (apartMs === 0 || !/not yet valid|expired/.test(detail) || !isValidNow(endpoint)) return {}
  return {
    found: `${endpoint.host}:${endpoint.port}: ${detail}, because the clock of the host is ${sayApart(apartMs)} the server's`,
    hint: 'The certificate is good. Let a time service set the clock of the host.',
    fix: setByTimeService,
  }
}

function isValidNow({ serverEpochMs, certificate }: EndpointFacts): boolean {
  const timeOf = (name: string): number =>
    Date.parse(certificate.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '')
  return serverEpochMs !== null && timeOf('notBefore') <= serverEpochMs && serverEpochMs <= timeOf('notAfter')
}
