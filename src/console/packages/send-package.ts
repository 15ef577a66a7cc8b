import { open, type FileHandle } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { enforcerPlatforms } from '../../contract/enforcer-bundle.ts'
import { enforcerPackagesPath } from '../../contract/enforcer-packages.ts'
import { bearerToken } from '../auth/authenticate.ts'
import { identify } from '../http/identify.ts'
import { whenOver } from '../http/when-over.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { byteRange } from './byte-range.ts'

/** Silence after which a client that fetches a layer counts as gone. */
const silenceMs = 60_000

/** Only layers: a manifest is believed by its signature, and nobody should take one from here. */
const layerPath = new RegExp(
  `^${enforcerPackagesPath}/(${enforcerPlatforms.join('|')})/([A-Za-z0-9][A-Za-z0-9._-]*\\.tar\\.gz)$`,
)

/** Whether a path is below that of packages. */
export function isPackagePath(path: string): boolean {
  return path.startsWith(`${enforcerPackagesPath}/`)
}

/**
 * Gives a layer of the enforcer to whoever shows a good token in the header Authorization, whatever it
 * may do besides; all of it or a part, so that what was cut can go on.
 */
export async function sendPackage(
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly path: string },
  services: ConsoleServices,
): Promise<void> {
  const { request, response, path } = exchange
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw refuse(405, `Only GET and HEAD are allowed under ${enforcerPackagesPath}`)
  const readToken = (): string => bearerToken(request.headers.authorization)
  const { principal, client } = await identify({ request, readToken }, services)
  whenOver({ request, response }, services.traffic.begin({ client, caller: { principal, reach: 'own' } }))
  const file = await openLayer(path, services)
  try {
    const { size, mtimeMs } = await file.stat()
    const etag = `"${size.toString(16)}-${Math.round(mtimeMs).toString(16)}"`
    response.setHeader('ETag', etag).setHeader('Accept-Ranges', 'bytes')
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end()
      return
    }
    await sendBytes({ request, response, file }, { sizeBytes: size, etag })
  } finally {
    await file.close()
  }
}

async function openLayer(path: string, { packagesFolder }: ConsoleServices): Promise<FileHandle> {
  const [, platform = '', name = ''] = layerPath.exec(path) ?? []
  if (name === '') throw refuse(404, 'Unable to find the requested resource')
  try {
    const file = await open(join(packagesFolder, platform, name))
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch {
    // Told below: whoever asks cannot do anything about why.
  }
  throw refuse(404, `The Console has no ${platform}/${name}: see its flag --packages`)
}

async function sendBytes(
  to: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly file: FileHandle },
  of: { readonly sizeBytes: number; readonly etag: string },
): Promise<void> {
  const { request, response, file } = to
  const { sizeBytes, etag } = of
  const ifRange = request.headers['if-range']
  const isSame = ifRange === undefined || ifRange === etag
  const range = byteRange(isSame ? request.headers.range : undefined, sizeBytes)
  response.setHeader('Content-Type', 'application/gzip')
  if (range === 'none') {
    response.writeHead(416, { 'Content-Range': `bytes */${sizeBytes}` }).end()
    return
  }
  const { first, last } = range === 'whole' ? { first: 0, last: sizeBytes - 1 } : range
  response.setHeader('Content-Length', last - first + 1)
  if (range === 'whole') response.writeHead(200)
  else response.writeHead(206, { 'Content-Range': `bytes ${first}-${last}/${sizeBytes}` })
  if (request.method === 'HEAD' || sizeBytes === 0) {
    response.end()
    return
  }
  response.setTimeout(silenceMs, () => response.destroy())
  await pipeline(file.createReadStream({ start: first, end: last, autoClose: false }), response)
}
