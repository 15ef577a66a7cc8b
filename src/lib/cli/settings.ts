import type { Command } from '@oclif/core'

type FlagDefinitions = NonNullable<(typeof Command)['flags']>

/** A flag value that came from somewhere else than the command line, and from where. */
export interface InheritedFlag {
  readonly name: string
  readonly tokens: readonly string[]
  readonly source: string
}

export interface SettingsSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values of the profile file by flag name, with the line each stands on. */
  readonly profile: ReadonlyMap<string, ProfileValue>
}

export interface ProfileValue {
  readonly value: string | boolean | readonly string[]
  readonly source: string
}

/**
 * Works out which flags take their value from the environment or the profile: default < profile <
 * `APOCTL_<FLAG>` < flag. They become words of the command line, so that they are parsed and
 * checked exactly as typed ones are.
 */
export function inheritedFlags(
  request: { readonly definitions: FlagDefinitions; readonly argv: readonly string[] },
  sources: SettingsSources,
): InheritedFlag[] {
  return Object.entries(request.definitions).flatMap(([name, definition]) => {
    if (isGiven(request.argv, { name, char: definition.char })) return []
    const variable = `APOCTL_${name.replaceAll('-', '_').toUpperCase()}`
    const fromEnv = sources.env[variable]
    if (fromEnv !== undefined && fromEnv !== '')
      return [toFlag({ name, value: fromEnv, source: `the environment variable ${variable}` }, definition)]
    const fromProfile = sources.profile.get(name)
    return fromProfile === undefined ? [] : [toFlag({ name, ...fromProfile }, definition)]
  })
}

function toFlag(
  given: { readonly name: string } & ProfileValue,
  definition: FlagDefinitions[string],
): InheritedFlag {
  const { name, value, source } = given
  if (definition.type === 'boolean') return { name, source, tokens: isTrue(value) ? [`--${name}`] : [] }
  const values = typeof value === 'object' ? value : [String(value)]
  return { name, source, tokens: values.map((one) => `--${name}=${one}`) }
}

function isTrue(value: ProfileValue['value']): boolean {
  return value === true || ['1', 'true', 'yes'].includes(String(value).toLowerCase())
}

function isGiven(
  argv: readonly string[],
  flag: { readonly name: string; readonly char: string | undefined },
): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.some(
    (word) =>
      word === `--${flag.name}` ||
      word === `--no-${flag.name}` ||
      word.startsWith(`--${flag.name}=`) ||
      (flag.char !== undefined && new RegExp(`^-${flag.char}`).test(word)),
  )
}
