import type { Profile } from '../credentials/profiles/profile.ts'
import type { RunEnvironment } from './run-environment.ts'
import type { SettingsSources } from './settings.ts'
import { valueOfFlag } from './value-of-flag.ts'

/** Reads where flags may take their values from: the environment, and the profile where one is asked for. */
export async function readSettings(
  request: { readonly argv: readonly string[]; readonly withProfile: boolean },
  environment: RunEnvironment,
): Promise<SettingsSources> {
  if (!request.withProfile) return { env: environment.env, profile: new Map() }
  return { env: environment.env, profile: await profileFor(request.argv, environment) }
}

/** `--config FILE`, else `APOCTL_CONFIG`, else the name in `APOCTL_CONFIG_NAME`, else the current profile. */
async function profileFor(argv: readonly string[], environment: RunEnvironment): Promise<Profile> {
  const [{ selectProfile }, { readProfile }] = await Promise.all([
    import('../credentials/profiles/select-profile.ts'),
    import('../credentials/profiles/read-profile.ts'),
  ])
  const { env, home } = environment
  const wish = {
    file: valueOfFlag(argv, '--config') ?? set(env['APOCTL_CONFIG']),
    name: set(env['APOCTL_CONFIG_NAME']),
  }
  return readProfile(await selectProfile(wish, environment), home)
}

/** An empty variable is how shells unset one for a single command. */
function set(variable: string | undefined): string | undefined {
  return variable === '' ? undefined : variable
}
