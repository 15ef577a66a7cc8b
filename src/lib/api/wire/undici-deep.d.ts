// A few files of undici instead of all of it: loading the package costs 90 ms (fetch, caches, WebSockets,
// mocks), these 27 ms. They have been at these paths since undici 6.
declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool } from 'undici'
  const pool: typeof Pool
  export = pool
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici'
  function request(this: Dispatcher, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>
  export = request
}
declare module 'undici/lib/core/connect.js' {
  import type { TLSSocket } from 'node:tls'
  import type { buildConnector as Build } from 'undici'
  type Done = (error: Error | null, socket?: TLSSocket) => void
  /** As the types of the package have it; in truth it returns its socket at once. */
  function buildConnector(options: Build.BuildOptions): (target: Build.Options, done: Done) => TLSSocket
  export = buildConnector
}
