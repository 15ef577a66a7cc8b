/** What a profile may set; each is a flag of the commands that talk to a Console. */
export const profileKeys = [
  'api',
  'namespace',
  'creds',
  'token',
  'api-cacert',
  'api-skip-verify',
  'output',
] as const

export type ProfileKey = (typeof profileKeys)[number]

/** One setting, and the file and line it stands on. */
export interface ProfileValue {
  readonly value: string | boolean | readonly string[]
  readonly source: string
}

export type Profile = ReadonlyMap<string, ProfileValue>

/** Where profiles are looked for. */
export interface ProfilePlace {
  readonly home: string
  /** `~/.apoctl` */
  readonly dataDir: string
  readonly workingDir: string
}

/** The name that is used when nobody says another. */
export const defaultProfileName = 'default'

/** A name is the name of a file in `~/.apoctl`, and nothing that leads out of it. */
export function isProfileName(text: string): boolean {
  return /^[A-Za-z0-9_][\w.-]*$/.test(text)
}
