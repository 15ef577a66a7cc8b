import { algorithmsOf, withinTheLibrary } from './algorithms.ts'
import { expandPath } from './config/expand-path.ts'
import { expandTilde } from './config/expand.ts'
import type { ResolvedTarget } from './config/resolve-target.ts'
import { defaultMinRsaBits } from './login-settings.ts'
import type { SshContext } from './ssh-context.ts'

/** How the key of a host is judged. */
export interface TrustSettings {
  /** What known_hosts calls the host, without a port. */
  readonly keyName: string
  /** Whether the port is part of the name in known_hosts: not so for a HostKeyAlias. */
  readonly keyNameHasPort: boolean
  readonly userFiles: readonly string[]
  readonly globalFiles: readonly string[]
  /** A file of keys that are refused wherever they are shown. */
  readonly revokedKeysFile: string | undefined
  readonly acceptsNew: boolean
  /** `undefined`: as the file does. */
  readonly hashesNames: boolean | undefined
  /** Whether the address has to be known by the same key as the name. */
  readonly checksAddress: boolean
  /** Whether hosts on this very machine are not judged at all. */
  readonly skipsLoopback: boolean
  /** Key algorithms to ask for, best first. */
  readonly algorithms: readonly string[]
  /** Whether types that known_hosts has a key of go first. */
  readonly prefersKnown: boolean
  readonly minRsaBits: number
  /** Where a KnownHostsCommand stands, which is not asked. */
  readonly unaskedCommand: string | undefined
}

export function trustSettings(resolved: ResolvedTarget, context: SshContext): TrustSettings {
  const { settings } = resolved
  const alias = settings.word('hostkeyalias')
  const wanted = settings.word('hostkeyalgorithms')
  // "no" lets OpenSSH log in to hosts whose key changed; here it means accept-new.
  const acceptsNew = ['accept-new', 'no'].includes(settings.word('stricthostkeychecking') ?? '')
  return {
    keyName: (alias ?? resolved.hostName).toLowerCase(),
    keyNameHasPort: alias === undefined,
    ...filesOf(resolved, context),
    acceptsNew: (context.acceptNewHostKeys === true || acceptsNew) && canBeWritten(resolved.hostName),
    hashesNames: settings.flag('hashknownhosts'),
    checksAddress: settings.flag('checkhostip') ?? false,
    skipsLoopback: alias === undefined && settings.flag('nohostauthenticationforlocalhost') === true,
    algorithms: withinTheLibrary(algorithmsOf(wanted, 'key'), 'key'),
    prefersKnown: wanted === undefined || /^[+-]/.test(wanted),
    minRsaBits: settings.number('requiredrsasize') ?? defaultMinRsaBits,
    unaskedCommand: unaskedCommand(resolved),
  }
}

/** A name with signs of their own meaning in known_hosts would say something else there. */
function canBeWritten(name: string): boolean {
  return !/[@?*#[\]|'"\\]/.test(name)
}

function filesOf(
  resolved: ResolvedTarget,
  context: SshContext,
): Pick<TrustSettings, 'userFiles' | 'globalFiles' | 'revokedKeysFile'> {
  const { settings } = resolved
  const { home } = context
  const list = (keyword: 'userknownhostsfile' | 'globalknownhostsfile'): readonly string[] | undefined =>
    settings.words(keyword)?.filter((word) => word.toLowerCase() !== 'none')
  const place = (keyword: Parameters<typeof settings.at>[0]) => settings.at(keyword)?.place ?? ''
  const path = (written: string, keyword: 'userknownhostsfile' | 'revokedhostkeys') =>
    expandPath({ written, place: place(keyword) }, { resolved, world: context })
  const revoked = settings.word('revokedhostkeys')
  return {
    userFiles: list('userknownhostsfile')?.map((file) => path(file, 'userknownhostsfile')) ?? [
      `${home}/.ssh/known_hosts`,
      `${home}/.ssh/known_hosts2`,
    ],
    globalFiles: list('globalknownhostsfile')?.map((file) =>
      expandTilde(file, { home, place: place('globalknownhostsfile') }),
    ) ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    revokedKeysFile:
      revoked === undefined || revoked.toLowerCase() === 'none'
        ? undefined
        : path(revoked, 'revokedhostkeys'),
  }
}

function unaskedCommand({ settings }: ResolvedTarget): string | undefined {
  const command = settings.at('knownhostscommand')
  return command === undefined || command.words[0]?.toLowerCase() === 'none' ? undefined : command.place
}
