import type { EndpointFacts, HostFacts } from '../facts/host-facts.ts'
import type { Fix } from './check.ts'

/** What mends a clock. */
export const setByTimeService: Fix = { command: 'timedatectl set-ntp true', automatic: true }

/** How far ahead of another clock the host's is: a range, because the question and the answer took time. */
export interface Skew {
  readonly leastMs: number
  readonly mostMs: number
}

/** The collector read the host's clock first and last; what lies between is not the way of the question. */
export function skewToTool(facts: HostFacts): Skew | null {
  const { hostEpochMs, hostEpochAtEndMs, sentAtMs, receivedAtMs } = facts.clock
  if (hostEpochMs === null) return null
  const workMs = Math.max(0, (hostEpochAtEndMs ?? hostEpochMs) - hostEpochMs - 1000)
  // date +%s cuts off up to a second.
  return { leastMs: hostEpochMs - (receivedAtMs - workMs), mostMs: hostEpochMs + 999 - sentAtMs }
}

/** Null when the server told the host no time. */
export function skewToServer({ hostEpochMs, serverEpochMs }: EndpointFacts): Skew | null {
  if (hostEpochMs === null || serverEpochMs === null) return null
  const apart = hostEpochMs - serverEpochMs
  return { leastMs: apart - 2000, mostMs: apart + 2000 }
}

/** What of it is no doubt of the measurement: a slow answer is no wrong clock. Negative when behind. */
export function surelyApartMs({ leastMs, mostMs }: Skew): number {
  return leastMs > 0 ? leastMs : Math.min(0, mostMs)
}

/** `2 h ahead of`, `40.5 s behind`: as precise as a person wants to know it. */
export function sayApart(apartMs: number): string {
  const seconds = Math.abs(apartMs) / 1000
  const units = [
    { word: 'days', inSeconds: 86_400 },
    { word: 'h', inSeconds: 3600 },
    { word: 'min', inSeconds: 60 },
  ]
  const unit = units.find(({ inSeconds }) => Math.round(seconds) >= inSeconds * 2 - 5)
  const said =
    unit === undefined
      ? `${Math.round(seconds * 10) / 10} s`
      : `${Math.round((seconds / unit.inSeconds) * 10) / 10} ${unit.word}`
  return `${said} ${apartMs > 0 ? 'ahead of' : 'behind'}`
}
