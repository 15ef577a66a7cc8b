import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { WaveChoice } from '../../fleet/waves/run-in-waves.ts'
import { parseMaxFail, parseSerial, type Share } from '../../fleet/waves/wave-rules.ts'

const helpGroup = 'WAVES'

/** How commands that change hosts are told to change some before the others, and to go on with an earlier run. */
export const rolloutFlags = {
  serial: Flags.custom<Share[]>({
    summary:
      'How many hosts at a time, as Ansible has it: "1,10%,100%" is one, then a tenth of all, then the rest. ' +
      'The last number is repeated.',
    helpValue: 'N|P%,…',
    helpGroup,
    parse: (text) => Promise.resolve(parseSerial(text)),
  })(),
  'max-fail': Flags.custom<Share>({
    summary:
      'Stop after a wave in which more hosts failed than this, or than this part of it. Default: when all of it failed.',
    helpValue: 'N|P%',
    helpGroup,
    parse: (text) => Promise.resolve(parseMaxFail(text)),
  })(),
  resume: Flags.string({
    summary:
      'Go on with an earlier run of this command, as it was: the same flags, and the hosts that are not done. ' +
      'What is typed beside it wins.',
    helpValue: 'RUN',
    exclusive: ['retry-failed'],
    helpGroup: 'RUNS',
  }),
  'retry-failed': Flags.string({
    summary: 'The same for the hosts that failed, and no others.',
    helpValue: 'RUN',
    helpGroup: 'RUNS',
  }),
  'take-over-lock': Flags.boolean({
    summary: 'Work on hosts that another run has locked, if it gave no sign of life for two minutes.',
    helpGroup: 'RUNS',
  }),
}

/** Whether hosts are changed, or it is only said how. */
export const changeFlags = {
  'dry-run': Flags.boolean({ summary: 'Show the plan for every host, and change nothing.' }),
  'plan-out': Flags.string({
    summary: 'The same, and write the plan to this new file, for apoctl apply.',
    helpValue: 'FILE',
  }),
  confirm: Flags.boolean({ summary: 'Do not ask before changing hosts.' }),
}

/** What the flags of runs parse to. */
export interface RunFlags {
  readonly resume?: string | undefined
  readonly 'retry-failed'?: string | undefined
  readonly 'take-over-lock': boolean
}

/** The same, for what wants to see every kind of host first. */
export const canaryFlags = {
  canary: Flags.option({ options: ['diverse'] as const })({
    summary:
      'First wave: one host of every kind of kernel, distribution and cloud. The facts of all are collected before.',
    helpGroup,
  }),
}

/** What the flags of waves parse to. */
export interface WaveFlags {
  readonly serial?: readonly Share[] | undefined
  readonly 'max-fail'?: Share | undefined
  readonly canary?: 'diverse' | undefined
}

/** Undefined for all hosts at once. Throws APO-USAGE for --max-fail where nothing could be stopped. */
export function waveChoice(flags: WaveFlags): WaveChoice | undefined {
  const { serial = [], canary, 'max-fail': maxFail } = flags
  if (serial.length > 0 || canary !== undefined) return { serial, canary, maxFail }
  if (maxFail === undefined) return undefined
  throw new ApoctlError(['APO-USAGE', '--max-fail says when to stop between waves, and there is only one'], {
    hints: ['Give --serial, such as --serial 1,10%,100%.'],
  })
}
