import type { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { hostKeyAlgorithms } from './host-key-algorithms.ts'
import { addressDiffers, refusalOf, revokedKey, weakKey, type ShownKey } from './host-key-refusals.ts'
import type { HostSettings } from './host-settings.ts'
import { fingerprintOf, rsaBitsOf, typeOfKey } from './key-blob.ts'
import {
  judgeHostKey,
  knownHostsName,
  knownKeyTypes,
  type HostKeyVerdict,
  type KnownHost,
} from './known-hosts.ts'
import { readKnownHosts, rememberHostKey } from './known-hosts-file.ts'
import { readRevokedKeys } from './revoked-keys.ts'

/** Decides whether a host is the one it says it is. Made before the connection, asked during it. */
export interface HostKeyJudge {
  /** What to ask the server for, known types first. */
  readonly algorithms: readonly string[]
  /** True to go on with this key; when false, `refusal()` says why not. */
  accept(key: Buffer): boolean
  refusal(): ApoctlError | undefined
  /** Writes a key that was accepted as new; call it once the server has proved to own it. */
  remember(): Promise<void>
}

/** What one connection is judged by. */
interface Bench {
  readonly name: string
  readonly settings: HostSettings
  readonly entries: readonly KnownHost[]
  readonly isRevoked: (key: Buffer) => boolean
  /** Where we are connected to, as far as we can tell: nobody can behind a proxy. */
  readonly address: () => string | undefined
}

export async function createHostKeyJudge(
  settings: HostSettings,
  world: { readonly reporter: Reporter; readonly address: () => string | undefined },
): Promise<HostKeyJudge> {
  const { trust } = settings
  const name = trust.keyNameHasPort ? knownHostsName(trust.keyName, settings.port) : trust.keyName
  const [entries, isRevoked] = await Promise.all([
    readKnownHosts([...trust.userFiles, ...trust.globalFiles]),
    trust.revokedKeysFile === undefined ? () => false : readRevokedKeys(trust.revokedKeysFile),
  ])
  const bench: Bench = { name, settings, entries, isRevoked, address: world.address }
  let refusal: ApoctlError | undefined
  let added: { readonly key: Buffer; readonly address: string | undefined } | undefined
  return {
    algorithms: hostKeyAlgorithms(trust, knownKeyTypes(name, entries)),
    refusal: () => refusal,
    accept(key) {
      const judged = judge(key, bench)
      refusal = judged.refusal
      if (refusal === undefined && judged.isNew) added = { key, address: judged.newAddress }
      return refusal === undefined
    },
    async remember() {
      if (added !== undefined) await remember(added, { bench, reporter: world.reporter })
    },
  }
}

interface Judgement {
  readonly refusal?: ApoctlError | undefined
  /** Whether something is to be written down: the name, or the address alone. */
  readonly isNew?: boolean
  readonly newAddress?: string | undefined
}

function judge(key: Buffer, bench: Bench): Judgement {
  const { settings, name } = bench
  const shown: ShownKey = { key, name, settings }
  const unfit = unfitKey(shown, bench)
  if (unfit !== undefined) return { refusal: unfit }
  if (settings.trust.skipsLoopback && isLoopback(bench.address())) return {}
  const verdict = verdictOn(key, bench)
  const refusal = refusalOf(verdict, shown)
  return refusal === undefined
    ? judgeAddress(shown, { bench, isNew: verdict.type === 'unknown' })
    : { refusal }
}

/** Keys that are good for no host. */
function unfitKey(shown: ShownKey, bench: Bench): ApoctlError | undefined {
  const { minRsaBits, revokedKeysFile } = bench.settings.trust
  const bits = rsaBitsOf(shown.key)
  if (bits !== undefined && bits < minRsaBits) return weakKey(shown, bits)
  return bench.isRevoked(shown.key) ? revokedKey(shown, revokedKeysFile ?? '') : undefined
}

/** CheckHostIP: the address must not be known by another key. */
function judgeAddress(shown: ShownKey, of: { readonly bench: Bench; readonly isNew: boolean }): Judgement {
  const { bench, isNew } = of
  const address = addressToCheck(bench)
  if (address === undefined) return { isNew }
  const verdict = judgeHostKey({ key: shown.key, name: address }, bench.entries)
  if (verdict.type === 'changed') return { refusal: addressDiffers(verdict.entry, shown) }
  const newAddress = verdict.type === 'unknown' ? address : undefined
  return { isNew: isNew || newAddress !== undefined, newAddress }
}

function verdictOn(key: Buffer, bench: Bench): HostKeyVerdict {
  const { name, entries } = bench
  const { keyName } = bench.settings.trust
  const verdict = judgeHostKey({ key, name }, entries)
  if (verdict.type !== 'unknown' || name === keyName) return verdict
  // As OpenSSH: a key that is known for the host on port 22 is good for its other ports.
  const plain = judgeHostKey({ key, name: keyName }, entries)
  return plain.type === 'known' || plain.type === 'revoked' ? plain : verdict
}

/** The address that has to be known by the same key, in the words of known_hosts. */
function addressToCheck(bench: Bench): string | undefined {
  const { trust, port, hostName } = bench.settings
  const address = bench.address()
  if (!trust.checksAddress || address === undefined || isLoopback(address)) return undefined
  return address === hostName ? undefined : knownHostsName(address, port)
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$)/.test(address.replace(/^::ffff:/i, ''))
}

async function remember(
  added: { readonly key: Buffer; readonly address: string | undefined },
  where: { readonly bench: Bench; readonly reporter: Reporter },
): Promise<void> {
  const { name, settings } = where.bench
  const [file] = settings.trust.userFiles
  if (file === undefined) return
  const { key, address } = added
  const verdict = await rememberHostKey(file, { name, address, key, hash: settings.trust.hashesNames })
  // Somebody may have written another key in the meantime.
  const raced = refusalOf(verdict, { key, name, settings })
  if (raced !== undefined) throw raced
  if (verdict.type !== 'unknown') return
  const text = `accepted the new ${typeOfKey(key)} host key ${fingerprintOf(key)} of ${name}`
  where.reporter.report({ type: 'note', subject: settings.alias, text })
}
