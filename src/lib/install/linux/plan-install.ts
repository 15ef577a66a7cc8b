import { enforcerPaths } from '../../../contract/enforcer-paths.ts'
import { parseEnforcerManifest } from '../../../contract/enforcer-bundle.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { EnforcerBundle, VerifiedLayer } from '../bundle/open-enforcer-bundle.ts'
import type { Step } from '../plan/step.ts'
import { mergeConfiguration, withToken, type WantedConfiguration } from './configuration.ts'
import { copyStep, downloadStep, placeStep, reuseStep, tidyStep, unpackStep } from './delivery-steps.ts'
import type { Delivered } from './find-delivered.ts'
import type { LayerSource } from './layer-source.ts'
import { managedFolders, type InstalledState } from './inspect-host.ts'
import {
  fileStep,
  folderStep,
  linkStep,
  selfRegistrationStep,
  serviceStep,
  settleStep,
  type FileContent,
} from './steps.ts'

/** What a host shall look like. */
export interface WantedInstall {
  readonly bundle: EnforcerBundle
  /** Undefined to leave what the enforcer is told, and by whom, as it is. */
  readonly configuration: WantedConfiguration | undefined
  readonly authorityPem: string | undefined
  /** What the enforcer proves itself with; undefined when it has a credential, or in a dry run. */
  readonly enrolment: Enrolment | undefined
  /** What an earlier run brought of the bundle; layers that it lacks are absent. */
  readonly delivered: Delivered
  readonly source: LayerSource
}

export type Enrolment =
  | { readonly type: 'token'; readonly token: Secret }
  | { readonly type: 'app-credential'; readonly file: Secret }

const folderModes: Readonly<Record<string, string>> = {
  [enforcerPaths.programs]: '0755',
  [enforcerPaths.data]: '0700',
  [enforcerPaths.state]: '0700',
  [enforcerPaths.spool]: '0700',
}

/**
 * Works out the steps from what a host has to what it shall have; none when they are the same. Pure:
 * the same state and wish give the same plan, here and in `--dry-run`.
 */
export function planInstall(state: InstalledState, wanted: WantedInstall): readonly Step[] {
  const folders = folderSteps(state, managedFolders)
  const { version } = wanted.bundle.manifest
  const program = programSteps(state, wanted)
  const files = fileSteps(state, wanted)
  const link = state.currentVersion === version ? [] : [linkStep(version, state.currentVersion)]
  const changes = [...folders, ...program, ...files, ...link]
  const isRunning = state.serviceActive && state.serviceEnabled
  if (changes.length === 0 && isRunning) return []
  return [settleStep(state), ...changes, serviceStep()]
}

/** Those of the folders that are not there. */
export function folderSteps(state: InstalledState, paths: readonly string[]): Step[] {
  return paths
    .filter((path) => state.folders.get(path) !== true)
    .map((path) => folderStep(path, folderModes[path] ?? '0755'))
}

/** True when the version is not on the host yet. */
export function needsProgram(state: InstalledState, bundle: EnforcerBundle): boolean {
  return state.manifests.get(bundle.manifest.version) !== bundle.manifestText
}

/** True when the host must prove itself to the Console anew. */
export function needsEnrolment(state: InstalledState): boolean {
  return state.files.get(enforcerPaths.credential) === undefined
}

function programSteps(state: InstalledState, wanted: WantedInstall): Step[] {
  const { bundle, delivered } = wanted
  const { version } = bundle.manifest
  if (!needsProgram(state, bundle)) return []
  const tidy = state.partials.has(version) ? [tidyStep(bundle, delivered)] : []
  const placing = { replaces: state.manifests.has(version), verifies: state.verifiesSignatures }
  const layers = bundle.layers.flatMap((layer) => layerSteps(layer, { state, wanted }))
  return [...tidy, ...layers, placeStep(bundle, placing)]
}

function layerSteps(
  layer: VerifiedLayer,
  on: { readonly state: InstalledState; readonly wanted: WantedInstall },
): Step[] {
  const { bundle, delivered } = on.wanted
  const { version } = bundle.manifest
  const progress = delivered.get(layer.name) ?? { type: 'absent' }
  if (progress.type === 'unpacked') return []
  const from = versionWith(layer, on.state.manifests)
  if (from !== undefined) return [reuseStep(version, { layer, version: from })]
  const unpack = unpackStep(version, layer)
  if (progress.type === 'whole') return [unpack]
  const hasBytes = progress.type === 'part' ? progress.sizeBytes : 0
  const { source } = on.wanted
  if (source.type === 'copy') return [copyStep(version, { layer, hasBytes }), unpack]
  return [downloadStep(bundle, { layer, hasBytes, from: source.download }), unpack]
}

function versionWith(layer: VerifiedLayer, manifests: ReadonlyMap<string, string>): string | undefined {
  return [...manifests].find(([, text]) => {
    const manifest = parseEnforcerManifest(text)
    return (
      manifest.ok &&
      manifest.value.layers.some(({ name, sha256 }) => name === layer.name && sha256 === layer.sha256)
    )
  })?.[0]
}

function fileSteps(state: InstalledState, wanted: WantedInstall): Step[] {
  const { bundle } = wanted
  const files = [
    { path: enforcerPaths.unit, mode: '0644', content: bundle.unit },
    { path: enforcerPaths.modulesLoad, mode: '0644', content: bundle.modulesLoad },
  ]
  return [...changedFiles(state, files), ...identitySteps(state, wanted)]
}

function changedFiles(state: InstalledState, files: readonly FileContent[]): Step[] {
  const changed = files.filter(({ path, content }) => state.files.get(path)?.content !== content)
  return changed.map((file) => fileStep(file, state.files.get(file.path)))
}

/** Whom the enforcer talks to, and what it proves itself with there. */
export type WantedIdentity = Pick<WantedInstall, 'configuration' | 'authorityPem' | 'enrolment'>

/** The authority of the Console, the configuration, and with it what the enforcer registers with. */
export function identitySteps(state: InstalledState, wanted: WantedIdentity): Step[] {
  const { configuration, authorityPem: content } = wanted
  if (configuration === undefined) return []
  const authority =
    content === undefined ? [] : [{ path: enforcerPaths.consoleAuthority, mode: '0644', content }]
  return [
    ...changedFiles(state, authority),
    ...configurationSteps(state, { configuration, enrolment: wanted.enrolment }),
  ]
}

function configurationSteps(
  state: InstalledState,
  wanted: Pick<WantedInstall, 'enrolment'> & { readonly configuration: WantedConfiguration },
): Step[] {
  const before = state.files.get(enforcerPaths.configuration)
  const configuration = mergeConfiguration(wanted.configuration, before?.content)
  const path = enforcerPaths.configuration
  const unchanged = before?.content === configuration
  if (!needsEnrolment(state))
    return unchanged ? [] : [fileStep({ path, mode: '0600', content: configuration }, before)]
  if (wanted.enrolment?.type === 'app-credential') {
    const credential = {
      path: enforcerPaths.credential,
      mode: '0600',
      content: wanted.enrolment.file.reveal(),
    }
    const own = fileStep(credential, undefined)
    return unchanged ? [own] : [fileStep({ path, mode: '0600', content: configuration }, before), own]
  }
  const content =
    wanted.enrolment === undefined ? configuration : withToken(configuration, wanted.enrolment.token)
  return [fileStep({ path, mode: '0600', content }, before), selfRegistrationStep()]
}
