import { ApoctlError } from '../errors/apoctl-error.ts'
import { roomFor } from './lab-layout.ts'
import type { LabState } from './lab-state.ts'
import { formatSubnet, parseSubnet } from './subnet.ts'

export interface LabUpOptions {
  /** Name of the lab; one machine can carry several. */
  readonly name: string
  readonly dataDirectory: string
  readonly hosts: number
  /** Debian release by code name. */
  readonly suite?: string | undefined
  /** Such as `10.77.0.0/24`. */
  readonly subnet?: string | undefined
  /** Gives every host a disk of this size, in memory; without it they share the machine's disk. */
  readonly diskMiB?: number | undefined
  readonly mirror?: string | undefined
  /** Whether apt-get may install what is missing on this machine. */
  readonly installTools?: boolean
  /** Whether to only say what would be done. */
  readonly dryRun?: boolean
}

/** What is asked of a lab; what is open is as the lab was made, or the default. */
export type WantedLab = Pick<LabState, 'hosts'> & Partial<LabState>

/** Throws APO-INPUT-VALUE when a value has the wrong form. */
export function wantedLab(options: LabUpOptions): WantedLab {
  const { hosts, suite, diskMiB } = options
  if (suite !== undefined && !/^[a-z]+$/.test(suite))
    throw new ApoctlError(['APO-INPUT-VALUE', `"${suite}" is no code name of a Debian release`])
  const subnet = options.subnet === undefined ? undefined : formatSubnet(parseSubnet(options.subnet))
  return {
    hosts,
    ...(suite === undefined ? {} : { suite }),
    ...(subnet === undefined ? {} : { subnet }),
    ...(diskMiB === undefined ? {} : { diskMiB }),
  }
}

/** Throws APO-LAB-CONFLICT when a lab that exists cannot become what is asked. */
export function settleLab(
  wanted: WantedLab,
  existing: { readonly name: string; readonly before: LabState | undefined },
): Omit<LabState, 'image'> {
  const { name, before } = existing
  if (before !== undefined) refuseOtherLab(wanted, { name, before })
  const settled = { suite: 'bookworm', subnet: '10.77.0.0/24', ...before, ...wanted }
  refuseCrowd(settled)
  return settled
}

function refuseOtherLab(
  wanted: WantedLab,
  existing: { readonly name: string; readonly before: LabState },
): void {
  for (const key of ['suite', 'subnet', 'diskMiB'] as const) {
    const [had, wants] = [existing.before[key], wanted[key]]
    if (wants === undefined || wants === had) continue
    throw new ApoctlError(
      [
        'APO-LAB-CONFLICT',
        `the lab ${existing.name} has ${key} ${had ?? 'none'}, and ${wants} was asked for`,
      ],
      { hints: [`Run first: apoctl lab down --name ${existing.name}`] },
    )
  }
}

function refuseCrowd(state: Pick<LabState, 'hosts' | 'subnet'>): void {
  const most = roomFor(parseSubnet(state.subnet))
  if (Number.isInteger(state.hosts) && state.hosts >= 1 && state.hosts <= most) return
  throw new ApoctlError(['APO-INPUT-VALUE', `${state.hosts} hosts cannot be made in ${state.subnet}`], {
    hints: [most > 0 ? `Ask for 1 to ${most} hosts.` : 'Choose a larger network, such as 10.77.0.0/24.'],
  })
}
