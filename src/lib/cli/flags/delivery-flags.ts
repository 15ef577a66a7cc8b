import { join } from 'node:path'
import { Flags } from '@oclif/core'
import type { Delivery } from '../../install/linux/host-install.ts'
import type { CommandContext } from '../context.ts'
import { fromUrlFlag, parseFromUrl } from './from-url-flag.ts'

const helpGroup = 'ENFORCER'

/** How layers come to the hosts, when they are not copied to each of them. */
export const deliveryFlags = {
  'from-url': fromUrlFlag({
    summary:
      'Have the hosts download the layers they lack themselves, from URL/PLATFORM/FILE, or with "console" from ' +
      'the Console. The manifest is never taken from there.',
    helpGroup,
  }),
  relay: Flags.boolean({
    summary:
      'Copy the layers once to each jump host (ProxyJump), and have the hosts behind it download them there. ' +
      'Nothing is left on the jump host.',
    exclusive: ['from-url'],
    helpGroup,
  }),
  'relay-port': Flags.integer({
    summary: 'Port of the jump host that hosts connect to. Default: any that is free.',
    helpValue: 'PORT',
    min: 1,
    max: 65_535,
    dependsOn: ['relay'],
    helpGroup,
  }),
}

/** What these flags parse to. */
export interface DeliveryFlags {
  readonly 'from-url'?: string | undefined
  readonly relay: boolean
  readonly 'relay-port'?: number | undefined
}

/** Throws APO-INPUT-VALUE. */
export function deliveryChoice(flags: DeliveryFlags, { environment }: CommandContext): Delivery {
  const url = flags['from-url']
  if (url !== undefined) return parseFromUrl(url)
  if (!flags.relay) return { type: 'copy' }
  const programFile = join(environment.programFolder, 'dist', 'relay-program.cjs')
  return { type: 'relay', port: flags['relay-port'] ?? 0, programFile }
}
