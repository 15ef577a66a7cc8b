import { createHash } from 'node:crypto'
import {
  enforcerConfigurationKeys,
  enforcerPaths,
  enforcerProgramFolder,
  enforcerServiceName,
} from '../../../contract/enforcer-paths.ts'
import { quote } from '../../platforms/linux/quote.ts'
import { mergeConfiguration, type WantedConfiguration } from '../linux/configuration.ts'
import type { EnforcerBundle } from '../bundle/open-enforcer-bundle.ts'

/** How a host is asked whether there is anything to do. */
export const checkExit = { asWanted: 0, other: 1, absent: 3 } as const

/** What a host shall have. */
export interface WantedOnHost {
  readonly bundle: EnforcerBundle
  readonly configuration: WantedConfiguration
  readonly authorityPem: string | undefined
}

/**
 * Shell functions that look whether a host is as wanted already; they read and change nothing. Lines that
 * somebody added to the configuration are no difference, as they are none for an installation over SSH.
 */
export function asWanted({ bundle, configuration, authorityPem }: WantedOnHost): string {
  const { version } = bundle.manifest
  const files: readonly (readonly [path: string, content: string])[] = [
    [`${enforcerProgramFolder(version)}/manifest.json`, bundle.manifestText],
    [enforcerPaths.unit, bundle.unit],
    [enforcerPaths.modulesLoad, bundle.modulesLoad],
    ...(authorityPem === undefined ? [] : [[enforcerPaths.consoleAuthority, authorityPem] as const]),
  ]
  const lines = mergeConfiguration(configuration, undefined).trimEnd().split('\n')
  return `
has() { printf '%s  %s\\n' "$1" "$2" | sha256sum -c - >/dev/null 2>&1; }
is_set() { grep -qxF -e "$1" ${enforcerPaths.configuration}; }
decided() { grep -cE '^[[:space:]]*(${decidedKeys})=' ${enforcerPaths.configuration}; }
as_wanted() {
  [ "$(readlink ${enforcerPaths.current} 2>/dev/null)" = ${quote(version)} ] || return 1
  [ -s ${enforcerPaths.credential} ] || return 1
${files.map(([path, content]) => `  has ${digestOf(content)} ${path} || return 1`).join('\n')}
${lines.map((line) => `  is_set ${quote(line)} || return 1`).join('\n')}
  [ "$(decided)" = ${lines.length} ] || return 1
  systemctl is-enabled --quiet ${enforcerServiceName} || return 1
  systemctl is-active --quiet ${enforcerServiceName}
}
look() {
  if as_wanted; then return ${checkExit.asWanted}; fi
  [ -e ${enforcerPaths.current} ] || return ${checkExit.absent}
  return ${checkExit.other}
}
`
}

const keys = enforcerConfigurationKeys
const decidedKeys = [keys.api, keys.namespace, keys.apiAuthority, keys.apiSkipVerify, keys.options].join('|')

/** What to say to somebody whose host has another enforcer, or one that is told other things. */
export const isOther =
  'an enforcer is installed here already, of another version, with other settings, or not running; ' +
  'apoctl enforcer install linux brings it up to date'

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
