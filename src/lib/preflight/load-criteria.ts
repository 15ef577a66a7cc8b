import { ApoctlError } from '../errors/apoctl-error.ts'
import { readTextFile } from './documents/text-file.ts'
import type { PreflightCriteria } from './preflight-host.ts'
import { defaultSetName, loadRequirements, vendorSetName } from './requirements/load-requirements.ts'
import type { CheckSelection } from './select-checks.ts'

/** What to judge by, as a person says it. */
export interface CriteriaOptions {
  readonly selection: CheckSelection
  readonly strict: boolean
  /** Name of a requirement set, or a file. Default: what the bundled enforcer needs; the guide's with a `repo`. */
  readonly requirements?: string | undefined
  /** Address of the Console, and of the package host. */
  readonly api?: string | undefined
  readonly repo?: string | undefined
  /** PEM file of the authority that the Console is trusted by. */
  readonly authoritiesFile?: string | undefined
}

/**
 * Reads requirement set and authority, and takes the addresses apart.
 * Throws APO-INPUT-FILE and APO-INPUT-VALUE, naming the file and line or the flag.
 */
export async function loadCriteria(options: CriteriaOptions): Promise<PreflightCriteria> {
  const { selection, strict, api, repo, authoritiesFile } = options
  const name = options.requirements ?? (repo === undefined ? defaultSetName : vendorSetName)
  return {
    set: await loadRequirements(name, { readTextFile }),
    selection,
    strict,
    console: api === undefined ? undefined : addressOf(api, '--api'),
    packageHost: repo === undefined ? undefined : addressOf(repo, '--repo'),
    authoritiesPem: authoritiesFile === undefined ? undefined : await readAuthorities(authoritiesFile),
  }
}

/** Host and port of an https address. */
export function addressOf(url: string, flag: string): { readonly host: string; readonly port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' || parsed.hostname === '')
    throw new ApoctlError(['APO-INPUT-VALUE', `${flag} "${url}" is no https address`], {
      hints: ['Write it like https://console.example.com:4443.'],
    })
  // The host is told the bare address; brackets belong to the URL alone.
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  return { host, port: parsed.port === '' ? 443 : Number(parsed.port) }
}

async function readAuthorities(file: string): Promise<string> {
  const pem = await readTextFile(file)
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new ApoctlError(['APO-INPUT-FILE', `${file} holds no PEM certificate`])
  return pem
}
