import type { SettingsBook } from './settings.ts'

/** One reading of the configuration for one host. */
export interface Pass {
  /** The name as it was typed. */
  readonly alias: string
  /** What Host is compared with: the name as typed, in the last pass the name it stands for. */
  readonly host: string
  readonly isFinal: boolean
  readonly settings: SettingsBook
  /** Called when a "Match final" asks for a second pass. */
  readonly onFinal: () => void
}
