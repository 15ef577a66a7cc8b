import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostSettings } from './host-settings.ts'
import { fingerprintOf, typeOfKey } from './key-blob.ts'
import type { HostKeyVerdict, KnownHost } from './known-hosts.ts'

/** A key as a host showed it, and what known_hosts calls that host. */
export interface ShownKey {
  readonly key: Buffer
  readonly name: string
  readonly settings: HostSettings
}

/** Why we do not go on with a key, by what known_hosts says; `undefined` when we do. */
export function refusalOf(verdict: HostKeyVerdict, shown: ShownKey): ApoctlError | undefined {
  switch (verdict.type) {
    case 'known':
      return undefined
    case 'unknown':
      return unknownKey(shown)
    case 'changed':
      return changedKey(verdict.entry, shown)
    case 'revoked':
      return revokedKey(shown, placeOf(verdict.entry))
    case 'authority':
      return onlyAuthority(verdict.entry, shown)
  }
}

const placeOf = (entry: KnownHost): string => `${entry.file}:${entry.line}`

export function revokedKey(shown: ShownKey, place: string): ApoctlError {
  return new ApoctlError([
    'APO-SSH-HOSTKEY-REVOKED',
    `${shown.name} shows the key ${fingerprintOf(shown.key)}, which ${place} revokes`,
  ])
}

export function weakKey(shown: ShownKey, bits: number): ApoctlError {
  const least = shown.settings.trust.minRsaBits
  return new ApoctlError([
    'APO-SSH-HOSTKEY-WEAK',
    `the RSA key of ${shown.name} has ${bits} bits, and ${least} is the least that is accepted`,
  ])
}

/** The name and the address of a host are known by different keys. */
export function addressDiffers(entry: KnownHost, shown: ShownKey): ApoctlError {
  return new ApoctlError(
    [
      'APO-SSH-HOSTKEY-CHANGED',
      `the host key of ${shown.name}, ${fingerprintOf(shown.key)}, is not the one that is known for its address (${placeOf(entry)})`,
    ],
    {
      hints: [
        'Find out why before anything else: the name may lead to another machine than it did.',
        'If addresses are given out anew in your network, CheckHostIP no in ~/.ssh/config leaves them alone.',
      ],
    },
  )
}

function unknownKey(shown: ShownKey): ApoctlError | undefined {
  const { trust } = shown.settings
  if (trust.acceptsNew && trust.userFiles.length > 0) return undefined
  const hints = trust.acceptsNew
    ? ['New keys may be accepted, but UserKnownHostsFile none leaves no file to remember them in.']
    : waysToTrust(shown)
  const unasked =
    trust.unaskedCommand === undefined
      ? []
      : [
          `The KnownHostsCommand at ${trust.unaskedCommand} was not asked: apoctl reads known_hosts files alone.`,
        ]
  return new ApoctlError(
    [
      'APO-SSH-HOSTKEY-UNKNOWN',
      `${shown.name} is not in known_hosts; its ${typeOfKey(shown.key)} key is ${fingerprintOf(shown.key)}`,
    ],
    { hints: [...hints, ...unasked] },
  )
}

function waysToTrust(shown: ShownKey): string[] {
  return [
    'Compare the fingerprint on the host: for f in /etc/ssh/ssh_host_*.pub; do ssh-keygen -lf $f; done',
    `If it is the same, type: ${addCommand(shown)}`,
    'Or accept the keys of all new hosts with --accept-new-host-keys.',
  ]
}

function addCommand(shown: ShownKey): string {
  const file = shown.settings.trust.userFiles[0] ?? '~/.ssh/known_hosts'
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
