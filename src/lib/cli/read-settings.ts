import type { RunEnvironment } from './run-environment.ts'
import type { SettingsSources } from './settings.ts'

/** Reads where flags may take their values from: the environment, and the profile where one is asked for. */
export async function readSettings(
  request: { readonly argv: readonly string[]; readonly withProfile: boolean },
  environment: RunEnvironment,
): Promise<SettingsSources> {
  if (!request.withProfile) return { env: environment.env, profile: new Map() }
  const { readProfile } = await import('./profile.ts')
  return { env: environment.env, profile: await readProfile(request.argv, environment) }
}
