import { Flags } from '@oclif/core'
import { parseAudience } from '../../../contract/audience.ts'
import type { TokenTerms } from '../../api/token-terms.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { lifetimeFlag, networkFlag, roleKey } from './app-credential-flags.ts'
import { consoleFlags, parseNamespace } from './console-flags.ts'
import { outputFlags } from './output-flags.ts'

const helpGroup = 'TOKEN'

/** What every command has that asks for a token: which Console, what the token may do, how it is printed. */
export const authFlags = {
  ...outputFlags(['table', 'json', 'yaml', 'none']),
  api: consoleFlags.api,
  'api-cacert': consoleFlags['api-cacert'],
  'api-skip-verify': consoleFlags['api-skip-verify'],
  config: consoleFlags.config,
  export: Flags.boolean({
    char: 'e',
    summary: 'Print a line for eval: export APOCTL_TOKEN=…',
    helpGroup: 'OUTPUT',
  }),
  validity: lifetimeFlag({
    summary: 'How long the token shall be good. Default: 24h; the Console may make it shorter.',
    helpGroup,
  }),
  quota: Flags.integer({ summary: 'How often it may be used.', helpValue: 'N', min: 1, helpGroup }),
  'restrict-namespace': Flags.string({
    summary: 'Good only in this namespace and below.',
    helpValue: '/PATH',
    parse: (text) => Promise.resolve(parseNamespace(text)),
    helpGroup,
  }),
  'restrict-role': Flags.string({
    summary: 'May do no more than this role, or <identity>,<method>; repeatable.',
    helpValue: 'ROLE',
    multiple: true,
    parse: (text) => Promise.resolve(text.includes(',') ? text : roleKey(text)),
    helpGroup,
  }),
  'restrict-network': networkFlag({
    summary: 'Good only from this network; repeatable.',
    multiple: true,
    helpGroup,
  }),
  audience: Flags.string({
    summary: 'Good only for these calls: aud:<operations>:<categories>:<namespaces>.',
    helpValue: 'AUD',
    parse: (text) => Promise.resolve(checkAudience(text)),
    helpGroup,
  }),
  opaque: Flags.string({
    summary: 'Data that the token carries for whoever reads it, as key:value; repeatable.',
    helpValue: 'KEY:VALUE',
    multiple: true,
    parse: (text) => Promise.resolve(checkOpaque(text)),
    helpGroup,
  }),
}

/** What these flags say about the token. */
export interface TermFlags {
  readonly validity?: string | undefined
  readonly quota?: number | undefined
  readonly 'restrict-namespace'?: string | undefined
  readonly 'restrict-role'?: readonly string[] | undefined
  readonly 'restrict-network'?: readonly string[] | undefined
  readonly audience?: string | undefined
  readonly opaque?: readonly string[] | undefined
}

export function termsOf(flags: TermFlags): TokenTerms {
  const { validity, quota, audience, opaque } = flags
  return {
    validity,
    quota,
    audience,
    opaque: opaque === undefined ? undefined : Object.fromEntries(opaque.map(splitPair)),
    restrictedNamespace: flags['restrict-namespace'],
    restrictedPermissions: flags['restrict-role'],
    restrictedNetworks: flags['restrict-network'],
  }
}

/**
 * A flag for a token of somebody else than the Console. Not named `token`: a variable APOCTL_TOKEN, or the
 * token of a profile, is the Console's own and must not be taken for it.
 */
export const foreignTokenFlag = Flags.custom({
  char: 't',
  aliases: ['token'],
  helpValue: 'TOKEN',
  helpGroup: 'PROOF',
})

/** A flag for the namespace in which the Console knows an identity provider. */
export const providerNamespaceFlag = Flags.custom({
  char: 'n',
  helpValue: '/PATH',
  helpGroup: 'PROOF',
  parse: (text) => Promise.resolve(parseNamespace(text)),
})

function checkAudience(text: string): string {
  const parsed = parseAudience(text)
  if (parsed.ok) return text
  throw new ApoctlError(['APO-INPUT-VALUE', parsed.problem], { hints: ['Write it like aud:*:*:/acme.'] })
}

function checkOpaque(text: string): string {
  if (/^[^:]+:/.test(text)) return text
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is not key:value`])
}

function splitPair(text: string): readonly [string, string] {
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}
