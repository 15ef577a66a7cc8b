import { access, mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import { printLoginCredential } from '../../api/login-credential.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { makeKeyPair } from '../../secrets/key-pair.ts'
import { readSecretFile, writeSecretFile } from '../../secrets/secret-file.ts'
import type { AppCredentialContext } from '../app-credentials/app-credential-context.ts'
import { appCredentialsNamed } from '../app-credentials/find-app-credential.ts'
import { verifyToken, type TokenClaims } from '../verify.ts'
import { profileFile } from './select-profile.ts'
import { writeProfile } from './write-profile.ts'

export interface ConfigureOptions {
  readonly name: string
  readonly roles: readonly string[]
  /** Replace what is there: the files, and the app credential of that name. */
  readonly force: boolean
  readonly dryRun: boolean
  /** Absolute path of an authority that the profile shall name. */
  readonly authorityFile?: string | undefined
}

export interface ConfigureContext extends AppCredentialContext {
  readonly place: { readonly home: string; readonly dataDir: string }
  readonly reporter: Reporter
}

/** A profile that can be used from now on, or, of a dry run, could. */
export interface ConfiguredProfile {
  readonly profile: string
  readonly dryRun: boolean
  readonly file: string
  readonly credentialFile: string
  readonly api: string
  readonly namespace: string
  readonly appCredential: { readonly name: string; readonly id?: string; readonly roles: readonly string[] }
}

const undoTimeoutMs = 10_000
const heading = '# Written by apoctl configure.'

/**
 * Makes a profile that logs in with an app credential of its own, made here. Throws APO-FILE-EXISTS and
 * APO-API-DUPLICATE for what is there already. What fails half-way is undone: the app credential is deleted
 * again, and the former credential file is put back.
 */
export async function configureProfile(
  options: ConfigureOptions,
  context: ConfigureContext,
): Promise<ConfiguredProfile> {
  const { name, roles, force, dryRun } = options
  const { console, namespace, place, signal } = context
  const file = profileFile(name, place.dataDir)
  const credentialFile = join(place.dataDir, `${name}.creds`)
  if (!force) for (const path of [file, credentialFile]) await refuseToReplace(path)
  const appCredential = `${subjectOf(await verifyToken({ console, signal }))}-apoctl-${name}-credentials`
  const former = await appCredentialsNamed(appCredential, context)
  if (former.length > 0 && !force) throw isThere(appCredential, namespace)
  const report = { profile: name, dryRun, file, credentialFile, api: console.api, namespace }
  if (dryRun) return { ...report, appCredential: { name: appCredential, roles } }
  const id = await makeProfile({ ...options, appCredential, credentialFile }, context)
  await deleteFormer(former, context)
  return { ...report, appCredential: { name: appCredential, id, roles } }
}

interface Making extends ConfigureOptions {
  readonly appCredential: string
  readonly credentialFile: string
}

/** Makes the app credential and both files, or none of them. Returns the ID of the credential. */
async function makeProfile(making: Making, context: ConfigureContext): Promise<string> {
  const { console, namespace, place, signal } = context
  const { name, roles, credentialFile, authorityFile } = making
  await mkdir(place.dataDir, { recursive: true, mode: 0o700 })
  const former = await readSecretFile(credentialFile)
  const key = await makeKeyPair()
  const wanted = { name: making.appCredential, roles, description: `Profile ${name} of apoctl` }
  const made = await appCredentials(console).certify(wanted, { key, namespace, signal })
  try {
    await writeSecretFile(credentialFile, printLoginCredential(made))
    const creds = shortened(credentialFile, place.home)
    const settings = {
      api: console.api,
      namespace,
      creds,
      ...(authorityFile && { 'api-cacert': authorityFile }),
    }
    await writeProfile({ name, settings, heading }, place.dataDir)
  } catch (error) {
    // Without the signal: what was interrupted has to be undone as well.
    await appCredentials(console).delete(made.id, { namespace, timeoutMs: undoTimeoutMs })
    if (former.outcome === 'read') await writeSecretFile(credentialFile, former.content)
    else await rm(credentialFile, { force: true })
    throw cannotWrite(error, place.dataDir)
  }
  return made.id
}

/** What the new one replaces. The profile works by now: what is left over is a warning. */
async function deleteFormer(former: readonly AppCredential[], context: ConfigureContext): Promise<void> {
  const { console, namespace, signal, reporter } = context
  for (const { ID, name } of former)
    await appCredentials(console)
      .delete(ID, { namespace, signal })
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        reporter.report({ type: 'warning', subject: name, text: `${ID} is still there: ${why}` })
      })
}

/** Whose profile it is: a mail address or an account where the token has one. */
function subjectOf({ data, sub }: TokenClaims): string {
  const facts = (data ?? {}) as Readonly<Record<string, unknown>>
  const names = [facts['email'], facts['account'], sub].filter((text) => typeof text === 'string')
  return names.find((text) => text !== '') ?? 'nobody'
}

async function refuseToReplace(path: string): Promise<void> {
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (there)
    throw new ApoctlError(['APO-FILE-EXISTS', `${path} is there already`], {
      hints: ['Replace it with --force, or choose another --name.'],
    })
}

function isThere(name: string, namespace: string): ApoctlError {
  return new ApoctlError(['APO-API-DUPLICATE', `${namespace} has an app credential ${name} already`], {
    hints: ['Replace it with --force, or choose another --name.'],
  })
}

function cannotWrite(error: unknown, dataDir: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (error instanceof ApoctlError || code === undefined) return error
  return new ApoctlError(['APO-FILE-WRITE', `${dataDir} cannot be written to (${code})`], { cause: error })
}

function shortened(path: string, home: string): string {
  const below = relative(home, path)
  return below.startsWith('..') ? path : `~/${below}`
}
