import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

/** Dots for each module: what cameras of phones read from a screen without being held close. */
const scale = 6
/** The quiet zone that the standard wants, in modules. */
const border = 4

/** A QR code of a text, as a PNG image. */
export function qrCodePng(text: string): Buffer {
  const { data } = encode(text, { ecc: 'M', border })
  const size = data.length * scale
  const rows = data.flatMap((modules) => {
    const row = Buffer.concat([Buffer.from([0]), packed(modules.flatMap((dark) => repeated(!dark)))])
    return Array.from({ length: scale }, () => row)
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  // One bit a dot, shades of grey; no compression, filter or interlacing but the usual.
  header.set([1, 0, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function repeated(light: boolean): readonly boolean[] {
  return Array.from({ length: scale }, () => light)
}

/** Eight dots to the byte, the first in the highest bit. */
function packed(dots: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(dots.length / 8))
  for (const [at, light] of dots.entries()) {
    if (light) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7))
  }
  return bytes
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
