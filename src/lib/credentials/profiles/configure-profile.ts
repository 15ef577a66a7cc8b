import { access, mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { makeKeyPair, type CertificationRequest } from '../../secrets/key-pair.ts'
import type { AppCredentialContext } from '../app-credentials/app-credential-context.ts'
import { appCredentialsNamed } from '../app-credentials/find-app-credential.ts'
import type { KeyKeepingContext } from '../keys/keyring-entries.ts'
import { replaceCredential } from '../keys/replace-credential.ts'
import type { KeyPlace, KeyStore } from '../keys/store-key.ts'
import { verifyToken, type TokenClaims } from '../verify.ts'
import { profileFile } from './select-profile.ts'
import { writeProfile } from './write-profile.ts'

export interface ConfigureOptions {
  readonly name: string
  readonly roles: readonly string[]
  /** Replace what is there: the files, and the app credential of that name. */
  readonly force: boolean
  readonly dryRun: boolean
  /** Where the private key shall be kept. */
  readonly store: KeyStore
  /** Absolute path of an authority that the profile shall name. */
  readonly authorityFile?: string | undefined
}

export interface ConfigureContext extends AppCredentialContext, KeyKeepingContext {
  readonly place: { readonly home: string; readonly dataDir: string }
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
  /** Where the private key was to be kept. */
  readonly credentialStore: KeyStore
  /** Where it is; absent of a dry run, which tries nothing. */
  readonly key?: KeyPlace
}

const undoTimeoutMs = 10_000
const heading = '# Written by apoctl configure.'

/**
 * Makes a profile that logs in with an app credential of its own, made here. Throws APO-FILE-EXISTS and
 * APO-API-DUPLICATE for what is there already. What fails half-way is undone: the app credential is deleted
 * again, and the former credential file is put back. Throws APO-KEYRING-* when the key is to be in a keyring that
 * cannot be used.
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
  const report = {
    profile: name,
    dryRun,
    file,
    credentialFile,
    api: console.api,
    namespace,
    credentialStore: options.store,
  }
  if (dryRun) return { ...report, appCredential: { name: appCredential, roles } }
  const { id, key } = await makeProfile({ ...options, appCredential, credentialFile }, context)
  context.reporter.report({ type: 'note', subject: name, text: sayWhere(key, credentialFile) })
  await deleteFormer(former, context)
  return { ...report, appCredential: { name: appCredential, id, roles }, key }
}

interface Making extends ConfigureOptions {
  readonly appCredential: string
  readonly credentialFile: string
}

/** Makes the app credential and both files, and keeps the key, or does none of it. */
async function makeProfile(
  making: Making,
  context: ConfigureContext,
): Promise<{ readonly id: string; readonly key: KeyPlace }> {
  const { namespace, place } = context
  const { name, credentialFile: file, store } = making
  await mkdir(place.dataDir, { recursive: true, mode: 0o700 })
  const pair = await makeKeyPair()
  let id = ''
  const certify = async () => {
    const made = await certified({ ...making, pair }, context)
    id = made.id
    return made
  }
  const complete = (): Promise<void> => writeSettings(making, context)
  try {
    const key = pair.privateKeyPem
    return { key: await replaceCredential({ file, name, key, store, certify, complete }, context), id }
  } catch (error) {
    // Without the signal: what was interrupted has to be undone as well.
    if (id !== '') await appCredentials(context.console).delete(id, { namespace, timeoutMs: undoTimeoutMs })
    throw cannotWrite(error, place.dataDir)
  }
}

async function certified(
  making: Making & { readonly pair: CertificationRequest },
  { console, namespace, signal }: ConfigureContext,
) {
  const { name, roles, pair: key } = making
  // Once more: the file is ours alone by now, and another run may have been quicker.
  if (!making.force) await refuseToReplace(making.credentialFile)
  const wanted = { name: making.appCredential, roles, description: `Profile ${name} of apoctl` }
  return appCredentials(console).certify(wanted, { key, namespace, signal })
}

async function writeSettings(making: Making, { console, namespace, place }: ConfigureContext): Promise<void> {
  const { name, credentialFile, authorityFile } = making
  const settings = {
    api: console.api,
    namespace,
    creds: shortened(credentialFile, place.home),
    ...(authorityFile && { 'api-cacert': authorityFile }),
  }
  await writeProfile({ name, settings, heading }, place.dataDir)
}

function sayWhere(key: KeyPlace, file: string): string {
  if (key.store === 'keyring') return `the private key is in ${key.keyring}, as ${key.account}`
  return `the private key is in ${file}${key.reason === undefined ? '' : `: ${key.reason}`}`
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
