import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { parseCidr } from '../../../contract/cidr.ts'
import { formatGoDuration } from '../../../contract/go-duration.ts'
import type { CredentialTarget } from '../../credentials/app-credentials/credential-target.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { parseDurationMs } from './duration-flag.ts'

/** A role by its key, or by the word at its end. */
export function roleKey(text: string): string {
  if (/^@auth:role=[^\s=]+$/.test(text)) return text
  if (/^[\w.-]+$/.test(text)) return `@auth:role=${text}`
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is not a role`], {
    hints: ['Write it as @auth:role=enforcer, or enforcer.'],
  })
}

/** A flag that takes a role; its value is the whole key. */
export const roleFlag = Flags.custom({ helpValue: 'ROLE', parse: (text) => Promise.resolve(roleKey(text)) })

/** A flag that takes a network in CIDR notation. */
export const networkFlag = Flags.custom({
  helpValue: 'CIDR',
  parse: (text) => {
    const network = parseCidr(text)
    if (network.ok) return Promise.resolve(text)
    throw new ApoctlError(['APO-INPUT-VALUE', network.problem], { hints: ['Write it like 10.0.0.0/8.'] })
  },
})

/** A flag that takes a length of time; its value is as the Console reads it: `1h30m0s`. */
export const lifetimeFlag = Flags.custom({
  helpValue: 'DURATION',
  parse: (text) => Promise.resolve(formatGoDuration(parseDurationMs(text))),
})

export const dryRunFlag = Flags.boolean({ summary: 'Say what would be done, and do nothing.' })

/** How a certified key is handed over. */
export const deliveryFlags = {
  type: Flags.option({ options: ['json', 'aporeto', 'k8s', 'cert'] as const })({
    summary:
      'Form: json (or aporeto) is a credential file; k8s a Secret manifest that holds it; cert two PEM files in ' +
      'the working directory.',
    default: 'json' as const,
  }),
  out: Flags.string({
    summary: 'Write it to this file (mode 0600) and not to standard output; of --type cert the folder.',
    helpValue: 'FILE',
  }),
  'dry-run': dryRunFlag,
}

export function deliveryTarget(
  flags: { readonly type: 'json' | 'aporeto' | 'k8s' | 'cert'; readonly out?: string | undefined },
  environment: { readonly workingDir: string },
): CredentialTarget {
  const { workingDir } = environment
  const out = flags.out === undefined ? undefined : resolve(workingDir, flags.out)
  return { form: flags.type === 'aporeto' ? 'json' : flags.type, out, workingDir }
}
