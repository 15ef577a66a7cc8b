import type { WaveReport } from '../../fleet/fleet-report.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

interface FleetWaves {
  readonly waves: readonly WaveReport[]
  readonly dryRun: boolean
}

/** What became of each wave; empty where there were none. */
export function fleetWaves(run: FleetWaves, theme: Theme): string {
  const { waves, dryRun } = run
  return waves
    .map((wave) => `${theme.bold(`wave ${wave.number}`)}: ${dryRun ? namesOf(wave) : waveWords(wave, theme)}`)
    .join('\n')
}

function namesOf({ hosts, hostCount }: WaveReport): string {
  return `${sanitiseLine(hosts)}${hostCount === 1 ? '' : ` (${hostCount} hosts)`}`
}

function waveWords(wave: WaveReport, theme: Theme): string {
  const { failed, outcome } = wave
  const who = namesOf(wave)
  switch (outcome) {
    case 'done':
      return failed === 0 ? `${who} ${theme.good('done')}` : `${who} done, ${theme.bad(`${failed} failed`)}`
    case 'stopped':
      return `${who} ${theme.bad(`${failed} failed`)}: the run stopped here`
    case 'not-attempted':
      return `${who} ${theme.warn('not attempted')}`
  }
}
