import { timingSafeEqual } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import {
  relayMark,
  relaySilenceMs,
  type RelayAnswer,
  type RelayOrder,
  type RelayQuestion,
} from './relay-message.ts'

/*
 * A program of its own, built to dist/relay-program.cjs: runs on a jump host, by the runtime of the enforcer, and
 * gives the archives of a folder to hosts that know the token. `node relay-program.cjs FOLDER`. It ends, and its
 * folder with it, when standard input does or nothing is heard for a while.
 */

const [folder = ''] = process.argv.slice(2)

const say = (answer: RelayAnswer): void =>
  void process.stdout.write(`${relayMark}${JSON.stringify(answer)}\n`)
const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function main(): Promise<void> {
  const silence = setTimeout(() => process.stdin.destroy(), relaySilenceMs)
  let server: Server | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    silence.refresh()
    if (line === '') continue
    if (server === undefined) server = await serve(JSON.parse(line) as RelayOrder)
    else void answer(JSON.parse(line) as RelayQuestion)
  }
  clearTimeout(silence)
  server?.close()
  server?.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
}

async function serve(order: RelayOrder): Promise<Server> {
  const server = createServer((request, response) => void give({ request, order }, response))
  try {
    await listen(server, { port: order.port, host: '::' }).catch(() =>
      // No IPv6 there; what else is wrong, it says again.
      listen(server, { port: order.port, host: '0.0.0.0' }),
    )
    say({ port: (server.address() as AddressInfo).port })
  } catch (error) {
    say({ problem: problemOf(error) })
  }
  return server
}

function listen(server: Server, where: { readonly port: number; readonly host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** No part of a path begins with a dot, so none leads out of the folder. */
const wanted = /^\/([0-9a-f]+)\/([a-z0-9][a-z0-9-]*)\/([A-Za-z0-9][A-Za-z0-9._-]*)$/

async function give(
  asked: { readonly request: IncomingMessage; readonly order: RelayOrder },
  response: ServerResponse,
): Promise<void> {
  const { method, url = '', headers } = asked.request
  const path = method === 'GET' ? pathOf(url, asked.order) : undefined
  const size = path === undefined ? undefined : await sizeOf(path)
  if (path === undefined || size === undefined) response.writeHead(404, { Connection: 'close' }).end()
  else await giveFile({ path, size, range: headers.range }, response)
}

async function giveFile(
  file: { readonly path: string; readonly size: number; readonly range: string | undefined },
  response: ServerResponse,
): Promise<void> {
  const { path, size, range = '' } = file
  const [, from] = /^bytes=(\d{1,15})-$/.exec(range) ?? []
  const start = Number(from ?? 0)
  if (start >= size) return void response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end()
  response.writeHead(from === undefined ? 200 : 206, {
    'Content-Type': 'application/gzip',
    'Content-Length': size - start,
    'Accept-Ranges': 'bytes',
    ...(from !== undefined && { 'Content-Range': `bytes ${start}-${size - 1}/${size}` }),
  })
  // Whoever goes away in the middle comes again.
  await pipeline(createReadStream(path, { start }), response).catch(() => undefined)
}

function pathOf(url: string, order: RelayOrder): string | undefined {
  const [, token, platform, file] = wanted.exec(url) ?? []
  if (token === undefined || platform === undefined || file === undefined) return undefined
  return isSame(token, order.token) ? join(folder, 'files', platform, file) : undefined
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true ? found.size : undefined
}

async function answer({ id, towards }: RelayQuestion): Promise<void> {
  try {
    say({ id, address: await addressTowards(towards) })
  } catch (error) {
    say({ id, problem: problemOf(error) })
  }
}

/** The address that packets to a host leave this machine with. Nothing is sent to find out. */
async function addressTowards(host: string): Promise<string> {
  const { address } = await lookup(host)
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(9, address, resolve)
    })
    return socket.address().address
  } finally {
    socket.close()
  }
}

void main()
