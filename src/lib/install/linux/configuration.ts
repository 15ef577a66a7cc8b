import { enforcerConfigurationKeys as keys, enforcerPaths } from '../../../contract/enforcer-paths.ts'
import type { Secret } from '../../secrets/secret.ts'

/** What an installation writes into prisma-enforcer.conf. */
export interface WantedConfiguration {
  readonly api: string
  readonly namespace: string
  readonly apiSkipVerify: boolean
  /** True when an authority goes along to the host. */
  readonly hasAuthority: boolean
  /** `key=value`, as `--tag` takes them. */
  readonly tags: readonly string[]
  /** Further flags for the enforcer, as one text. */
  readonly rawFlags: string | undefined
}

/**
 * The text of the configuration: what the installation decides, then every other line of the file
 * that was there, byte for byte (an installation that overwrites an operator's own settings is a bug
 * of the original, CNS-5787). Never holds the token: `withToken` adds it for the way to the host.
 */
export function mergeConfiguration(wanted: WantedConfiguration, existing: string | undefined): string {
  const decided: readonly (readonly [key: string, value: string | undefined])[] = [
    [keys.api, wanted.api],
    [keys.namespace, wanted.namespace],
    [keys.apiAuthority, wanted.hasAuthority ? enforcerPaths.consoleAuthority : undefined],
    [keys.apiSkipVerify, wanted.apiSkipVerify ? 'true' : undefined],
    [keys.options, optionsOf(wanted)],
  ]
  const ours = new Set<string>([...decided.map(([key]) => key), keys.token])
  const kept = (existing ?? '').split('\n').filter((line) => line.trim() !== '' && !ours.has(keyOf(line)))
  const lines = decided.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoted(value)}`]))
  return `${[...lines, ...kept].join('\n')}\n`
}

/** The configuration with the token that the enforcer registers with, and then removes itself. */
export function withToken(configuration: string, token: Secret): string {
  return `${configuration}${keys.token}=${quoted(token.reveal())}\n`
}

/** A value of an existing configuration; undefined when it is not set. */
export function readSetting(configuration: string, key: string): string | undefined {
  const line = configuration.split('\n').findLast((one) => keyOf(one) === key)
  const value = line?.slice(line.indexOf('=') + 1).trim()
  return value?.replace(/^(["'])(.*)\1$/, '$2')
}

function optionsOf({ tags, rawFlags }: WantedConfiguration): string | undefined {
  const flags = tags.map((tag) => `--tag=${quotedOption(tag)}`)
  const all = [...flags, ...(rawFlags === undefined ? [] : [rawFlags])].join(' ')
  return all === '' ? undefined : all
}

function keyOf(line: string): string {
  return /^\s*([A-Za-z_][A-Za-z0-9_]*)=/.exec(line)?.[1] ?? ''
}

/** Bare where no reader could stumble, else in double quotes. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `"${value.replace(/["\\$`]/g, '\\$&')}"`
}

function quotedOption(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
