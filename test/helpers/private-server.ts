import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCertificateAuthority } from '../../src/console/auth/certificate-authority.ts'
import { makeKey, pemOf } from '../../src/console/auth/key-file.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTPS server on the loopback whose certificate no public authority has signed. */
export interface PrivateServer {
  readonly url: string
  /** The authority that did. */
  readonly caPem: string
  close(): Promise<void>
}

export async function startPrivateServer(
  handler: Handler,
  names: readonly string[] = ['127.0.0.1'],
): Promise<PrivateServer> {
  const folder = await mkdtemp(join(tmpdir(), 'apoctl-private-'))
  const authority = await openCertificateAuthority(folder, { now: () => new Date() })
  await rm(folder, { recursive: true })
  const key = makeKey()
  const { pem } = await authority.certifyServer(key, names)
  const server = createServer({ key: pemOf(key), cert: pem }, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caPem: authority.pem,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
