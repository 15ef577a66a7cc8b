import { createSocket, type Socket } from 'node:dgram'

/** What a name is: an address, or another name for `alias`. */
export type Zone = Readonly<Record<string, { readonly address: string } | { readonly alias: string }>>

const types = { address: 1, alias: 5 } as const

/** A name server on 127.0.0.1:53 that knows the names of a zone and no others; for network namespaces. */
export async function serveNames(zone: Zone): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    socket.send(answerTo(question, zone), from.port, from.address)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(53, '127.0.0.1', resolve)
  })
  return socket
}

function answerTo(question: Buffer, zone: Zone): Buffer {
  const { name, end } = nameAt(question, 12)
  const type = question.readUInt16BE(end)
  const records = recordsFor({ name: name.toLowerCase(), type }, zone)
  const header = Buffer.alloc(12)
  header.writeUInt16BE(question.readUInt16BE(0), 0)
  // An authoritative answer; 3 says that there is no such name.
  header.writeUInt16BE(0x8580 | (zone[name.toLowerCase()] === undefined ? 3 : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question.subarray(12, end + 4), ...records])
}

function recordsFor(asked: { readonly name: string; readonly type: number }, zone: Zone): Buffer[] {
  const known = zone[asked.name]
  if (known === undefined) return []
  if ('address' in known) {
    const bytes = Buffer.from(known.address.split('.').map(Number))
    return asked.type === types.address ? [record(asked.name, { type: types.address, data: bytes })] : []
  }
  const alias = record(asked.name, { type: types.alias, data: wireName(known.alias) })
  return asked.type === types.alias ? [alias] : [alias, ...recordsFor({ ...asked, name: known.alias }, zone)]
}

function record(name: string, of: { readonly type: number; readonly data: Buffer }): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(of.type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(60, 4)
  head.writeUInt16BE(of.data.length, 8)
  return Buffer.concat([wireName(name), head, of.data])
}

function wireName(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.from([0])])
}

function nameAt(message: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let at = start
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}
