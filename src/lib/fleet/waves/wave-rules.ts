import { ApoctlError } from '../../errors/apoctl-error.ts'

/** A number of hosts, or a part of them in whole percent. */
export type Share =
  { readonly type: 'count'; readonly count: number } | { readonly type: 'percent'; readonly percent: number }

/** When hosts that failed keep the next wave from beginning. */
export type StopRule =
  /** As Ansible has it unless told otherwise: when all of a wave failed. */
  | { readonly type: 'whole-wave' }
  /** When more of a wave failed than this. */
  | { readonly type: 'more-than'; readonly share: Share }
  | { readonly type: 'never' }

/** Reads `1,10%,100%`. Throws APO-INPUT-VALUE. */
export function parseSerial(text: string): Share[] {
  return text.split(',').map((word) => {
    const share = shareOf(word.trim())
    const isEmpty = share?.type === 'count' ? share.count === 0 : share?.percent === 0
    if (share !== undefined && !isEmpty) return share
    throw new ApoctlError(
      ['APO-INPUT-VALUE', `--serial "${text}": "${word.trim()}" is not a number of hosts`],
      {
        hints: ['Write numbers from 1, or percentages from 1% to 100%: --serial 1,10%,100%'],
      },
    )
  })
}

/** Reads `3` or `5%`; the wave that has more failures is the last. Throws APO-INPUT-VALUE. */
export function parseMaxFail(text: string): Share {
  const share = shareOf(text.trim())
  if (share !== undefined) return share
  throw new ApoctlError(['APO-INPUT-VALUE', `--max-fail "${text}" is not a number of hosts`], {
    hints: ['Write a number from 0, or a percentage from 0% to 100% of a wave: --max-fail 5%'],
  })
}

function shareOf(word: string): Share | undefined {
  const [, digits, sign] = /^(\d{1,9})(%?)$/.exec(word) ?? []
  if (digits === undefined) return undefined
  const number = Number(digits)
  if (sign !== '%') return { type: 'count', count: number }
  return number > 100 ? undefined : { type: 'percent', percent: number }
}

/**
 * Divides hosts into waves as Ansible does: percentages are of all the hosts, rounded down, and at least one;
 * the last number is repeated until no host is left. `first` goes ahead of all, in a wave of its own.
 */
export function planWaves<Host>(
  hosts: readonly Host[],
  rules: { readonly serial: readonly Share[]; readonly first?: readonly Host[] | undefined },
): Host[][] {
  const { serial, first = [] } = rules
  const ahead = new Set(first)
  const rest = hosts.filter((host) => !ahead.has(host))
  const waves = ahead.size === 0 ? [] : [[...first]]
  for (let at = 0, wave = 0; at < rest.length; wave += 1) {
    const size = sizeOf(serial[Math.min(wave, serial.length - 1)], hosts.length)
    waves.push(rest.slice(at, at + size))
    at += size
  }
  return waves
}

function sizeOf(share: Share | undefined, hostCount: number): number {
  if (share === undefined) return hostCount
  return share.type === 'count' ? share.count : Math.max(1, Math.floor((share.percent * hostCount) / 100))
}

/** Whether a wave ends the run. A percentage is of the wave, and must be passed, not reached, as Ansible has it. */
export function isStopped(wave: { readonly size: number; readonly failed: number }, rule: StopRule): boolean {
  switch (rule.type) {
    case 'never':
      return false
    case 'whole-wave':
      return wave.failed > 0 && wave.failed === wave.size
    case 'more-than':
      return rule.share.type === 'count'
        ? wave.failed > rule.share.count
        : wave.failed * 100 > rule.share.percent * wave.size
  }
}
