import { dirname, join } from 'node:path'
import { enforcerConfigurationKeys as keys } from '../../contract/enforcer-paths.ts'
import { parseGoDuration } from '../../contract/go-duration.ts'
import { parseNamespaceName } from '../../contract/namespace-name.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import type { LogFormat, LogLevel } from '../log/log.ts'
import { parseConfiguration, type Assignments } from './configuration-file.ts'
import { splitOptions, type EnforcerOption } from './split-options.ts'

/** What the operator decided about this enforcer. */
export interface EnforcerConfiguration {
  readonly api: string
  readonly namespace: string
  /** For registering only; gone from the file once there is a credential. */
  readonly token: Secret | undefined
  readonly credentialPath: string
  readonly authorityPath: string | undefined
  readonly skipVerify: boolean
  readonly hostMode: boolean
  readonly tags: readonly string[]
  readonly log: { readonly level: LogLevel; readonly format: LogFormat }
  readonly stateFolder: string
  readonly pokeIntervalMs: number
  /** Flags that this enforcer does not know; named in the log, otherwise without effect. */
  readonly ignoredOptions: readonly string[]
}

const usualPokeIntervalMs = 30_000
const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
const logFormats = ['human', 'json'] as const
const tagPattern = /^[^= @$+][^= ]*=.+$/

/** Flags of ENFORCERD_OPTS by the key they stand for. */
const flagKeys: Readonly<Record<string, string>> = {
  api: keys.api,
  'api-cacert': keys.apiAuthority,
  'api-skip-verify': keys.apiSkipVerify,
  namespace: keys.namespace,
  token: keys.token,
  appcreds: keys.appCredential,
  'enable-host-mode': keys.hostMode,
  'log-level': keys.logLevel,
  'log-format': keys.logFormat,
  'working-dir': keys.workingFolder,
  'poke-interval': keys.pokeInterval,
}

/** Reads the configuration out of its text. Throws APO-ENFORCER-CONFIG naming file, line and what is wrong. */
export function readEnforcerConfiguration(text: string, file: string): EnforcerConfiguration {
  const assignments = parseConfiguration(text, file)
  const flags = readFlags(assignments, file)
  const source: Source = { assignments, flags, file }
  const folder = textOf(source, keys.workingFolder) ?? dirname(file)
  return {
    api: required(source, keys.api),
    namespace: namespaceOf(source),
    token: secretOf(source, keys.token),
    credentialPath: textOf(source, keys.appCredential) ?? join(folder, 'default.creds'),
    authorityPath: textOf(source, keys.apiAuthority),
    skipVerify: booleanOf(source, keys.apiSkipVerify) ?? false,
    hostMode: booleanOf(source, keys.hostMode) ?? true,
    tags: flags.filter(({ name }) => name === 'tag').map((flag) => tagOf(flag, source)),
    log: {
      level: oneOf(logLevels, { source, key: keys.logLevel }) ?? 'info',
      format: oneOf(logFormats, { source, key: keys.logFormat }) ?? 'human',
    },
    stateFolder: join(folder, 'state'),
    pokeIntervalMs: durationOf(source, keys.pokeInterval) ?? usualPokeIntervalMs,
    ignoredOptions: flags
      .map(({ name }) => name)
      .filter((name) => name !== 'tag' && !Object.hasOwn(flagKeys, name)),
  }
}

interface Source {
  readonly assignments: Assignments
  readonly flags: readonly EnforcerOption[]
  readonly file: string
}

function readFlags(assignments: Assignments, file: string): readonly EnforcerOption[] {
  const options = assignments.get(keys.options)
  const split = splitOptions(options?.value ?? '')
  if (split.ok) return split.value
  throw new ApoctlError([
    'APO-ENFORCER-CONFIG',
    `${file}:${options?.line ?? 0} ${keys.options}: ${split.problem}`,
  ])
}

/** A flag wins over the key it stands for; a flag without a value means true. */
function textOf(source: Source, key: string): string | undefined {
  const flag = source.flags.findLast(({ name }) => flagKeys[name] === key)
  const value = flag ? (flag.value ?? 'true') : source.assignments.get(key)?.value
  return value === '' ? undefined : value
}

function required(source: Source, key: string): string {
  const value = textOf(source, key)
  if (value === undefined)
    throw new ApoctlError(['APO-ENFORCER-CONFIG', `${source.file} does not set ${key}`])
  return value
}

function secretOf(source: Source, key: string): Secret | undefined {
  const value = textOf(source, key)
  return value === undefined ? undefined : new Secret(value)
}

function namespaceOf(source: Source): string {
  const name = parseNamespaceName(required(source, keys.namespace))
  return name.ok ? name.value : refuse(source, { key: keys.namespace, why: name.problem })
}

function booleanOf(source: Source, key: string): boolean | undefined {
  const value = textOf(source, key)?.toLowerCase()
  if (value === undefined) return undefined
  if (['true', '1', 'yes', 'on'].includes(value)) return true
  if (['false', '0', 'no', 'off'].includes(value)) return false
  return refuse(source, { key, why: `'${value}' is neither true nor false` })
}

function oneOf<Choice extends string>(
  choices: readonly Choice[],
  from: { readonly source: Source; readonly key: string },
): Choice | undefined {
  const value = textOf(from.source, from.key)?.toLowerCase()
  const choice = choices.find((known) => known === value)
  if (value === undefined || choice !== undefined) return choice
  return refuse(from.source, { key: from.key, why: `'${value}' is none of ${choices.join(', ')}` })
}

function durationOf(source: Source, key: string): number | undefined {
  const value = textOf(source, key)
  if (value === undefined) return undefined
  const duration = parseGoDuration(value)
  if (!duration.ok) return refuse(source, { key, why: duration.problem })
  return duration.value > 0 ? duration.value : refuse(source, { key, why: 'it must be longer than nothing' })
}

function tagOf(flag: EnforcerOption, source: Source): string {
  if (flag.value !== undefined && tagPattern.test(flag.value)) return flag.value
  const why = `--tag '${flag.value ?? ''}' is not of the form key=value with a key that starts with none of @ $ +`
  return refuse(source, { key: keys.options, why })
}

function refuse(source: Source, what: { readonly key: string; readonly why: string }): never {
  const line = source.assignments.get(what.key)?.line
  const place = line === undefined ? source.file : `${source.file}:${line}`
  throw new ApoctlError(['APO-ENFORCER-CONFIG', `${place} ${what.key}: ${what.why}`])
}
