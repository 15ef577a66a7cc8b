import { Cron } from 'croner'
import { parseGoDuration } from '../../contract/go-duration.ts'

/** When a policy holds. */
export interface Schedule {
  isActive(nowMs: number): boolean
}

/** From each time the pattern names, for that long. Undefined without a pattern: always. */
export function createSchedule(pattern: string, duration: string): Schedule | undefined {
  if (pattern === '') return undefined
  const cron = openPattern(pattern)
  const length = parseGoDuration(duration)
  const lengthMs = length.ok ? length.value : 0
  // Until then the last answer stays true: walking through a calendar at each request is too slow.
  let known = { fromMs: Number.POSITIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY, active: false }
  return {
    isActive: (nowMs) => {
      if (nowMs >= known.fromMs && nowMs < known.untilMs) return known.active
      const startMs = nextMs(cron, nowMs - lengthMs)
      const active = startMs <= nowMs
      known = { fromMs: nowMs, untilMs: active ? startMs + lengthMs : startMs, active }
      return active
    },
  }
}

/** What is wrong with a schedule, or undefined. */
export function scheduleProblem(pattern: string, duration: string): string | undefined {
  if (pattern === '') return undefined
  try {
    if (openPattern(pattern).nextRun() === null) return `'${pattern}' never comes`
  } catch {
    return `'${pattern}' is not a schedule in cron notation, such as '0 8 * * 1-5'`
  }
  const length = parseGoDuration(duration)
  return length.ok && length.value > 0 ? undefined : 'a schedule needs an activeDuration, such as 8h'
}

function openPattern(pattern: string): Cron {
  return new Cron(pattern, { timezone: 'UTC' })
}

/** Times of the pattern are whole seconds; the next one after a moment. */
function nextMs(cron: Cron, afterMs: number): number {
  return cron.nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY
}
