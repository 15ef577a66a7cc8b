import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseAnyCredentialFile, type KeyringCredentialFile } from '../../../contract/app-credential-file.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readSecretFile } from '../../secrets/secret-file.ts'
import { readCurrentProfile } from './current-profile.ts'
import type { Profile, ProfileKey, ProfilePlace } from './profile.ts'
import { readProfile } from './read-profile.ts'

/** A profile as it lies in `~/.apoctl`. */
export interface ListedProfile {
  readonly name: string
  readonly file: string
  /** The one that is used when nothing says another: `default`, or what `apoctl profiles use` chose. */
  readonly current: boolean
  /** The one that APOCTL_CONFIG_NAME chooses in this shell, whatever the current one is. */
  readonly selected: boolean
  readonly api?: string
  readonly namespace?: string
  /** Whether the namespace is the profile's own, or that of its app credential. */
  readonly namespaceFrom?: 'profile' | 'appcred'
  /** Whether it logs in with an app credential. */
  readonly appcred: boolean
  /** Where what it logs in with is: a key in the keyring, a key or token in a file, or nothing. */
  readonly secret: 'keyring' | 'file' | 'none'
  /** Why it cannot be used as it is. */
  readonly problem?: string
}

export interface ProfileList {
  readonly profiles: readonly ListedProfile[]
}

/** Lists the profiles there are. One that is broken is listed too, with what is wrong. */
export async function listProfiles(
  options: { readonly selectedName: string | undefined },
  place: ProfilePlace,
): Promise<ProfileList> {
  const current = await readCurrentProfile(place.dataDir)
  const profiles = await Promise.all(
    (await profileNames(place.dataDir)).map(async (name) => ({
      name,
      file: join(place.dataDir, `${name}.yaml`),
      current: name === current,
      selected: name === options.selectedName,
      ...(await contentOf(join(place.dataDir, `${name}.yaml`), place)),
    })),
  )
  return { profiles }
}

/** The names of the profiles there are, sorted; none when there is no `~/.apoctl`. */
export async function profileNames(dataDir: string): Promise<readonly string[]> {
  const files = await readdir(dataDir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new ApoctlError(['APO-INPUT-FILE', `${dataDir} cannot be read`], { cause: error })
  })
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

type Content = Omit<ListedProfile, 'name' | 'file' | 'current' | 'selected'>

async function contentOf(file: string, place: ProfilePlace): Promise<Content> {
  try {
    return await effectOf(await readProfile({ file, chosenBy: 'name' }, place.home), place)
  } catch (error) {
    if (error instanceof ApoctlError) return { appcred: false, secret: 'none', problem: error.message }
    throw error
  }
}

/** Where a run with this profile would work; what the profile leaves out, its credential says. */
async function effectOf(profile: Profile, place: ProfilePlace): Promise<Content> {
  const text = (key: ProfileKey): string | undefined => profile.get(key)?.value.toString()
  const { credential, secret, problem } = await credentialAt(text('creds'), place)
  const api = text('api') ?? credential?.apiUrl
  const namespace = text('namespace') ?? credential?.namespace
  const namespaceFrom = text('namespace') === undefined ? 'appcred' : 'profile'
  return {
    ...(api !== undefined && { api }),
    ...(namespace !== undefined && { namespace, namespaceFrom }),
    appcred: text('creds') !== undefined,
    secret: text('token') === undefined ? secret : 'file',
    ...(problem !== undefined && { problem }),
  }
}

interface FoundCredential {
  readonly credential?: Omit<KeyringCredentialFile, 'keyringAccount'>
  readonly secret: ListedProfile['secret']
  readonly problem?: string
}

/** What the credential file of a profile says. A key in a keyring is left there: listing must not ask for a password. */
async function credentialAt(creds: string | undefined, place: ProfilePlace): Promise<FoundCredential> {
  if (creds === undefined) return { secret: 'none' }
  const file = resolve(place.workingDir, creds)
  const reading = await readSecretFile(file)
  if (reading.outcome === 'missing') return { secret: 'none', problem: `${file}: missing` }
  if (reading.outcome !== 'read') return { secret: 'file', problem: `${file}: ${reading.outcome}` }
  const parsed = parseAnyCredentialFile(reading.content.reveal())
  if (!parsed.ok) return { secret: 'file', problem: `${file}: ${parsed.problem}` }
  return { credential: parsed.value, secret: 'keyringAccount' in parsed.value ? 'keyring' : 'file' }
}
