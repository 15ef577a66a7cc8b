import { readFile, rename, writeFile } from 'node:fs/promises'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { hostLayout, type HostLayout, type LabLayout } from './lab-layout.ts'
import { parseSubnet } from './subnet.ts'

/** What a lab was made as; written before anything of it exists. */
export interface LabState {
  readonly suite: string
  /** The image's key, so that a newer recipe does not change the ground under hosts that exist. */
  readonly image: string
  /** Such as `10.77.0.0/24`. */
  readonly subnet: string
  readonly hosts: number
  readonly diskMiB?: number
}

/** Reads what a lab was made as; undefined when there is none. */
export async function readLabState(lab: LabLayout): Promise<LabState | undefined> {
  const text = await readFile(lab.stateFile, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const state = JSON.parse(text) as LabState
    parseSubnet(state.subnet)
    return state
  } catch (error) {
    throw new ApoctlError(['APO-LAB-CONFLICT', `${lab.stateFile} is not what apoctl wrote`], {
      hints: [`Run: apoctl lab down --name ${lab.name}`],
      cause: error,
    })
  }
}

export async function writeLabState(lab: LabLayout, state: LabState): Promise<void> {
  const partial = `${lab.stateFile}.partial`
  await writeFile(partial, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o644 })
  await rename(partial, lab.stateFile)
}

/** The hosts of a lab, in order. */
export function hostsOf(lab: LabLayout, state: Pick<LabState, 'subnet' | 'hosts'>): HostLayout[] {
  const subnet = parseSubnet(state.subnet)
  return Array.from({ length: state.hosts }, (_, index) => hostLayout(lab, { number: index + 1, subnet }))
}
