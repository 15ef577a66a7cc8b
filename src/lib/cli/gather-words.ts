import type { Command } from '@oclif/core'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { RunWorld } from './run-world.ts'
import {
  inheritedFlags,
  resumedFlags,
  settingOrigins,
  typedFlags,
  withInherited,
  type InheritedFlag,
  type SettingOrigin,
} from './settings.ts'

/** What was typed, and what the environment, the profile and an earlier run add to it. */
export interface GatheredWords {
  /** To be parsed. */
  readonly words: string[]
  /** Whether a flag was typed, and is not to be had from elsewhere. */
  readonly isTyped: (name: string) => boolean
  /** Where settings have their values from. */
  readonly originsOf: (names: readonly string[]) => readonly SettingOrigin[]
  /** Says where a wrong value came from when it was not typed. */
  readonly blame: (error: unknown) => unknown
}

interface Typed {
  readonly argv: readonly string[]
  readonly definitions: NonNullable<(typeof Command)['flags']>
}

/** Adds to what was typed what is to be had elsewhere; see settings.ts for the order. */
export async function gatherWords(
  typed: Typed,
  world: Pick<RunWorld, 'readSettings' | 'readRunWords'>,
): Promise<GatheredWords> {
  const { argv, definitions } = typed
  const given = typedFlags(typed)
  const run = 'resume' in definitions ? resumedFlags(typed, await world.readRunWords(argv)) : []
  const resumed = withInherited(argv, run)
  const sources = await world.readSettings(resumed, 'api' in definitions)
  const inherited = [...run, ...inheritedFlags({ definitions, argv: resumed }, sources)]
  return {
    words: withInherited(argv, inherited),
    isTyped: (name) => given.has(name),
    originsOf: (names) => settingOrigins({ definitions, argv, names }, sources),
    blame: (error) => blameSource(error, inherited),
  }
}

function blameSource(error: unknown, inherited: readonly InheritedFlag[]): unknown {
  if (!(error instanceof ApoctlError)) return error
  const culprit = inherited.find(({ name }) => new RegExp(`--${name}(?![\\w-])`).test(error.message))
  if (culprit === undefined) return error
  return error.restated({ message: `${error.message} (from ${culprit.source})` })
}
