import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { preferKnownTypes, verifiableKeyTypes } from './host-key-algorithms.ts'
import type { HostSettings } from './host-settings.ts'
import { readKnownHosts, rememberHostKey } from './known-hosts-file.ts'
import {
  fingerprintOf,
  judgeHostKey,
  knownHostsName,
  knownKeyTypes,
  typeOfKey,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.ts'

/** Decides whether a host is the one it says it is. Made before the connection, asked during it. */
export interface HostKeyJudge {
  /** What to ask the server for, known types first. */
  readonly algorithms: ReturnType<typeof preferKnownTypes>
  /** True to go on with this key; when false, `refusal()` says why not. */
  accept(key: Buffer): boolean
  refusal(): ApoctlError | undefined
  /** Writes a key that was accepted as new; call it once the server has proved to own it. */
  remember(): Promise<void>
}

export async function createHostKeyJudge(settings: HostSettings, reporter: Reporter): Promise<HostKeyJudge> {
  const entries = await readKnownHosts([...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles])
  const name = settings.keyNameHasPort ? knownHostsName(settings.keyName, settings.port) : settings.keyName
  const known = knownKeyTypes(name, entries)
  let refusal: ApoctlError | undefined
  let added: Buffer | undefined
  return {
    algorithms: preferKnownTypes(known),
    refusal: () => refusal,
    accept(key) {
      const verdict = judge(key, { name, settings, entries })
      refusal = refusalOf(verdict, { key, name, settings })
      if (refusal === undefined && verdict.type === 'unknown') added = key
      return refusal === undefined
    },
    async remember() {
      const file = settings.userKnownHostsFiles[0]
      if (added === undefined || file === undefined) return
      const what = { name, key: added, offered: verifiableKeyTypes, hash: settings.hashKnownHosts }
      const verdict = await rememberHostKey(file, what)
      const raced = refusalOf(verdict, { key: added, name, settings })
      if (raced !== undefined) throw raced
      const text = `accepted the new ${typeOfKey(added)} host key ${fingerprintOf(added)} of ${name}`
      if (verdict.type === 'unknown') reporter.report({ type: 'note', subject: settings.alias, text })
    },
  }
}

function judge(
  key: Buffer,
  about: { readonly name: string; readonly settings: HostSettings; readonly entries: readonly KnownHost[] },
): HostKeyVerdict {
  const { name, settings, entries } = about
  const verdict = judgeHostKey({ key, name, offered: verifiableKeyTypes }, entries)
  if (verdict.type !== 'unknown' || name === settings.keyName) return verdict
  // As OpenSSH: a key that is known for the host on port 22 is good for its other ports.
  const plain = judgeHostKey({ key, name: settings.keyName, offered: verifiableKeyTypes }, entries)
  return plain.type === 'known' || plain.type === 'revoked' ? plain : verdict
}

interface ShownKey {
  readonly key: Buffer
  readonly name: string
  readonly settings: HostSettings
}

function refusalOf(verdict: HostKeyVerdict, shown: ShownKey): ApoctlError | undefined {
  switch (verdict.type) {
    case 'known':
      return undefined
    case 'unknown':
      return shown.settings.acceptNewHostKeys ? undefined : unknownKey(shown)
    case 'changed':
      return changedKey(verdict.entry, shown)
    case 'revoked':
      return new ApoctlError([
        'APO-SSH-HOSTKEY-REVOKED',
        `${shown.name} shows the key ${fingerprintOf(shown.key)}, which ${placeOf(verdict.entry)} revokes`,
      ])
    case 'authority':
      return onlyAuthority(verdict.entry, shown)
  }
}

const placeOf = (entry: KnownHost): string => `${entry.file}:${entry.line}`

function unknownKey(shown: ShownKey): ApoctlError {
  const type = typeOfKey(shown.key)
  return new ApoctlError(
    [
      'APO-SSH-HOSTKEY-UNKNOWN',
      `${shown.name} is not in known_hosts; its ${type} key is ${fingerprintOf(shown.key)}`,
    ],
    {
      hints: [
        'Compare the fingerprint on the host: for f in /etc/ssh/ssh_host_*.pub; do ssh-keygen -lf $f; done',
        `If it is the same, type: ${addCommand(shown)}`,
        'Or accept the keys of all new hosts with --accept-new-host-keys.',
      ],
    },
  )
}

function addCommand(shown: ShownKey): string {
  const file = shown.settings.userKnownHostsFiles[0] ?? '~/.ssh/known_hosts'
  return `echo '${shown.name} ${typeOfKey(shown.key)} ${shown.key.toString('base64')}' >> ${file}`
}

function changedKey(entry: KnownHost, shown: ShownKey): ApoctlError {
  const known = fingerprintOf(Buffer.from(entry.key, 'base64'))
  const types = `${typeOfKey(shown.key)} ${fingerprintOf(shown.key)}, known is ${entry.keyType} ${known}`
  return new ApoctlError(
    [
      'APO-SSH-HOSTKEY-CHANGED',
      `the host key of ${shown.name} changed: it shows ${types} (${placeOf(entry)})`,
    ],
    {
      hints: [
        'Find out why before anything else: somebody may stand between you and the host.',
        `If the host was reinstalled, forget its old key: ssh-keygen -f ${entry.file} -R '${shown.name}'`,
      ],
    },
  )
}

function onlyAuthority(entry: KnownHost, shown: ShownKey): ApoctlError {
  return new ApoctlError(
    [
      'APO-SSH-HOSTKEY-UNKNOWN',
      `${shown.name} is trusted through a @cert-authority (${placeOf(entry)}), which apoctl cannot verify; its key is ${fingerprintOf(shown.key)}`,
    ],
    { hints: [`Check that it is the right key and add it as a plain one: ${addCommand(shown)}`] },
  )
}
