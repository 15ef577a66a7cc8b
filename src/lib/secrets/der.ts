/** The few ASN.1 forms that requests and limits of certificates are made of, written as DER. */
export const der = {
  sequence: (...parts: readonly Buffer[]) => tagged(0x30, Buffer.concat(parts)),
  set: (...parts: readonly Buffer[]) => tagged(0x31, Buffer.concat(parts)),
  /** An explicit or implicit constructed context tag. */
  context: (number: number, ...parts: readonly Buffer[]) => tagged(0xa0 + number, Buffer.concat(parts)),
  /** An implicit context tag on a value without parts. */
  contextValue: (number: number, bytes: Buffer) => tagged(0x80 + number, bytes),
  zero: () => Buffer.from([0x02, 0x01, 0x00]),
  utf8: (text: string) => tagged(0x0c, Buffer.from(text, 'utf8')),
  bitString: (bytes: Buffer) => tagged(0x03, Buffer.concat([Buffer.from([0]), bytes])),
  objectIdentifier: (dotted: string) => tagged(0x06, encodeObjectIdentifier(dotted)),
} as const

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content])
}

function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 + bytes.length, ...bytes])
}

function encodeObjectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return Buffer.from([first * 40 + second, ...rest.flatMap(encodeBase128)])
}

function encodeBase128(arc: number): readonly number[] {
  const bytes = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(128 + (rest % 128))
  return bytes
}
