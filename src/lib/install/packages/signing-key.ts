import { createHash } from 'node:crypto'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** An OpenPGP key that a repository of packages is signed with. */
export interface SigningKey {
  /** One block of ASCII armour, the same text for the same key, whatever it was read from. */
  readonly armored: string
  /** Of each primary key in it, in capital hexadecimal digits. */
  readonly fingerprints: readonly string[]
}

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
const end = '-----END PGP PUBLIC KEY BLOCK-----'
const tag = { secretKey: 5, publicKey: 6, secretSubkey: 7 } as const

/** Reads a public key, with or without armour. Throws APO-REPO-KEY, naming `from`. */
export function readSigningKey(content: Buffer, from: string): SigningKey {
  const bytes = unarmored(content)
  if (bytes === undefined) throw unreadable(from, 'is no public key in OpenPGP format')
  const packets = packetsOf(bytes)
  if (packets.some(({ kind }) => kind === tag.secretKey || kind === tag.secretSubkey))
    throw unreadable(from, 'holds a private key: it belongs to nobody but who signs')
  const fingerprints = packets.flatMap(({ kind, body }) => (kind === tag.publicKey ? [digestOf(body)] : []))
  if (fingerprints.length === 0) throw unreadable(from, 'is no public key in OpenPGP format')
  return { armored: armoredOf(bytes), fingerprints }
}

/** As people compare it: in groups of four. */
export function showFingerprint(fingerprint: string): string {
  return fingerprint.replace(/(.{4})(?=.)/g, '$1 ')
}

function unreadable(from: string, problem: string): ApoctlError {
  return new ApoctlError(['APO-REPO-KEY', `${from} ${problem}`], {
    hints: ['Export it with: gpg --armor --export NAME'],
  })
}

/** All blocks, one after the other; undefined when it is neither armour nor packets. */
function unarmored(content: Buffer): Buffer | undefined {
  const text = content.toString('latin1').replaceAll('\r', '')
  const blocks = text.split(begin).slice(1)
  if (blocks.length === 0) return ((content[0] ?? 0) & 0x80) === 0 ? undefined : content
  const parts = blocks.map((block) => {
    const inside = block.slice(0, block.indexOf(end))
    // Headers end with an empty line; the checksum is a line that begins with "=".
    const lines = inside.slice(inside.indexOf('\n\n') + 2).split('\n')
    return Buffer.from(lines.filter((line) => !line.startsWith('=')).join(''), 'base64')
  })
  return Buffer.concat(parts)
}

interface Packet {
  readonly kind: number
  readonly body: Buffer
}

/** Packets up to the first that is cut; keys are made of packets whose length is known. */
function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = []
  for (let at = 0; at < bytes.length;) {
    const head = headOf(bytes, at)
    if (head === undefined || head.bodyAt + head.length > bytes.length) return []
    packets.push({ kind: head.kind, body: bytes.subarray(head.bodyAt, head.bodyAt + head.length) })
    at = head.bodyAt + head.length
  }
  return packets
}

type Head = { readonly kind: number; readonly bodyAt: number; readonly length: number } | undefined

function headOf(bytes: Buffer, at: number): Head {
  const first = bytes[at] ?? 0
  if ((first & 0x80) === 0 || at + 6 > bytes.length) return undefined
  if ((first & 0x40) !== 0) return newHead(bytes, { at, kind: first & 0x3f })
  const sizeBytes = [1, 2, 4][first & 0x03]
  if (sizeBytes === undefined) return undefined
  return {
    kind: (first >> 2) & 0x0f,
    bodyAt: at + 1 + sizeBytes,
    length: bytes.readUIntBE(at + 1, sizeBytes),
  }
}

function newHead(bytes: Buffer, { at, kind }: { readonly at: number; readonly kind: number }): Head {
  const length = bytes[at + 1] ?? 0
  if (length < 192) return { kind, bodyAt: at + 2, length }
  if (length < 224)
    return { kind, bodyAt: at + 3, length: ((length - 192) << 8) + (bytes[at + 2] ?? 0) + 192 }
  return length === 255 ? { kind, bodyAt: at + 6, length: bytes.readUInt32BE(at + 2) } : undefined
}

/** RFC 4880, 12.2; and RFC 9580 for versions 5 and 6. */
function digestOf(body: Buffer): string {
  const version = body[0] ?? 0
  const isLong = version > 4
  const head = Buffer.alloc(isLong ? 5 : 3)
  head[0] = isLong ? (version === 6 ? 0x9b : 0x9a) : 0x99
  head.writeUIntBE(body.length, 1, isLong ? 4 : 2)
  return createHash(isLong ? 'sha256' : 'sha1')
    .update(head)
    .update(body)
    .digest('hex')
    .toUpperCase()
}

function armoredOf(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `${[begin, '', ...lines, `=${checksumOf(bytes)}`, end].join('\n')}\n`
}

/** CRC-24, which rpm insists on. */
function checksumOf(bytes: Buffer): string {
  let sum = 0xb704ce
  for (const byte of bytes) {
    sum ^= byte << 16
    for (let bit = 0; bit < 8; bit += 1) {
      sum <<= 1
      if ((sum & 0x1000000) !== 0) sum ^= 0x1864cfb
    }
  }
  return Buffer.from([(sum >> 16) & 0xff, (sum >> 8) & 0xff, sum & 0xff]).toString('base64')
}
