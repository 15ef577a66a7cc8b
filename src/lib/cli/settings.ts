import type { Command } from '@oclif/core'
import type { Profile, ProfileValue } from '../credentials/profiles/profile.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { outputFormats } from '../output/presentation.ts'

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
  readonly profile: Profile
}

/** Two spellings of one setting: typing either settles both. */
const sameSetting: Readonly<Record<string, string>> = { json: 'output', output: 'json' }

/**
 * Works out which flags take their value from the environment or the profile: default < profile <
 * `APOCTL_<FLAG>` < flag. They become words of the command line, so that they are parsed and
 * checked exactly as typed ones are. Throws APO-INPUT-VALUE for a switch that is neither on nor off.
 */
export function inheritedFlags(
  request: { readonly definitions: FlagDefinitions; readonly argv: readonly string[] },
  sources: SettingsSources,
): InheritedFlag[] {
  const given = typedFlags(request)
  return Object.entries(request.definitions).flatMap(([name, definition]) => {
    if (given.has(name) || given.has(sameSetting[name] ?? name)) return []
    const variable = `APOCTL_${name.replaceAll('-', '_').toUpperCase()}`
    const fromEnv = sources.env[variable]
    if (fromEnv !== undefined && fromEnv !== '' && !isForOthers(name, { value: fromEnv, definition }))
      return [toFlag({ name, value: fromEnv, source: `the environment variable ${variable}` }, definition)]
    const fromProfile = sources.profile.get(name)
    const value = fromProfile?.value
    if (fromProfile === undefined || isForOthers(name, { value, definition })) return []
    return [toFlag({ name, ...fromProfile }, definition)]
  })
}

/** What an earlier run was given, as far as it is not given anew. Its words name a flag and a value in one. */
export function resumedFlags(
  request: Parameters<typeof inheritedFlags>[0],
  run: { readonly words: readonly string[]; readonly source: string },
): InheritedFlag[] {
  const given = typedFlags(request)
  return run.words.flatMap((word) => {
    const long = word.slice('--'.length).split('=', 1)[0] ?? ''
    const name = long in request.definitions ? long : long.replace(/^no-/, '')
    const isGiven = given.has(name) || given.has(sameSetting[name] ?? name)
    return isGiven ? [] : [{ name, tokens: [word], source: run.source }]
  })
}

/** Where a setting has its value from, and what that overrode, the nearest first. */
export interface SettingOrigin {
  readonly name: string
  readonly from: string
  readonly overrides: readonly string[]
}

/** Says for each of these settings that has a value where it is from: flag, environment, profile, in this order. */
export function settingOrigins(
  request: Parameters<typeof inheritedFlags>[0] & { readonly names: readonly string[] },
  sources: SettingsSources,
): SettingOrigin[] {
  const given = typedFlags(request)
  return request.names.flatMap((name) => {
    const variable = `APOCTL_${name.replaceAll('-', '_').toUpperCase()}`
    const places = [
      given.has(name) ? [`the flag --${name}`] : [],
      (sources.env[variable] ?? '') === '' ? [] : [`the environment variable ${variable}`],
      sources.profile.get(name)?.source ?? [],
    ].flat()
    const [from, ...overrides] = places
    return from === undefined ? [] : [{ name, from, overrides }]
  })
}

/** A form that other commands have and this one has not: a wish for all commands is none of this one's. */
function isForOthers(name: string, given: { readonly value: unknown; readonly definition: object }): boolean {
  const { value, definition } = given
  const offered = 'options' in definition ? (definition.options as readonly unknown[]) : undefined
  return name === 'output' && offered?.includes(value) === false && isOutputFormat(value)
}

function isOutputFormat(value: unknown): boolean {
  return (outputFormats as readonly unknown[]).includes(value)
}

/**
 * Puts inherited values after the typed words but before `--`: a flag that takes several values would
 * otherwise swallow the arguments behind it. Name and value stay two words, so that a typed flag that
 * lacks its value is still seen to lack it.
 */
export function withInherited(argv: readonly string[], inherited: readonly InheritedFlag[]): string[] {
  const { own, rest } = splitAtDashes(argv)
  return [...own, ...inherited.flatMap(({ tokens }) => tokens), ...rest]
}

function toFlag(
  given: { readonly name: string } & ProfileValue,
  definition: FlagDefinitions[string],
): InheritedFlag {
  const { name, value, source } = given
  if (definition.type === 'boolean') {
    const off = definition.allowNo ? [`--no-${name}`] : []
    return { name, source, tokens: isOn(given) ? [`--${name}`] : off }
  }
  const values = typeof value === 'object' ? value : [String(value)]
  return { name, source, tokens: values.flatMap((one) => [`--${name}`, one]) }
}

function isOn({ name, value, source }: { readonly name: string } & ProfileValue): boolean {
  const word = String(value).toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(word)) return true
  if (['0', 'false', 'no', 'off'].includes(word)) return false
  throw new ApoctlError(
    ['APO-INPUT-VALUE', `--${name}: "${word}" is neither true nor false (from ${source})`],
    {
      hints: ['Write true or false.'],
    },
  )
}

/** The names of the flags that a command line gives, under whatever spelling. */
export function typedFlags(request: {
  readonly definitions: FlagDefinitions
  readonly argv: readonly string[]
}): ReadonlySet<string> {
  const byWord = new Map<string, string>()
  const switches = new Set<string>()
  for (const [name, definition] of Object.entries(request.definitions)) {
    for (const long of [name, ...(definition.aliases ?? [])]) {
      byWord.set(`--${long}`, name)
      byWord.set(`--no-${long}`, name)
    }
    for (const char of [definition.char, ...(definition.charAliases ?? [])]) {
      if (char === undefined) continue
      byWord.set(`-${char}`, name)
      if (definition.type === 'boolean') switches.add(char)
    }
  }
  const words = splitAtDashes(request.argv).own.flatMap((word) => spellOut(word, switches))
  return new Set(words.flatMap((word) => byWord.get(word) ?? []))
}

/** `--x=1` is `--x`; `-qojson` is `-q` and `-o`: a letter that takes a value takes all that follows. */
function spellOut(word: string, switches: ReadonlySet<string>): string[] {
  if (word.startsWith('--')) return [word.split('=', 1)[0] ?? word]
  if (!word.startsWith('-')) return []
  const letters = word.slice(1).split('')
  const last = letters.findIndex((letter) => !switches.has(letter))
  return (last === -1 ? letters : letters.slice(0, last + 1)).map((letter) => `-${letter}`)
}

function splitAtDashes(argv: readonly string[]): { own: readonly string[]; rest: readonly string[] } {
  const end = argv.indexOf('--')
  return end === -1 ? { own: argv, rest: [] } : { own: argv.slice(0, end), rest: argv.slice(end) }
}
