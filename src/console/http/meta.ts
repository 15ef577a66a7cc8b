import { entities } from '../../contract/entities/registry.ts'
import { refuse } from '../refused-request.ts'
import { nowOf, type ConsoleServices } from '../services.ts'

/** An answer of `/_meta`, which is not always JSON. */
export interface MetaAnswer {
  readonly contentType: string
  readonly body: string
}

const documents: Readonly<Record<string, (services: ConsoleServices) => MetaAnswer>> = {
  ca: (services) => pem(services.authority.pem),
  jwtcert: (services) => pem(services.tokenCertificatePem),
  config: (services) =>
    json({ api: services.url, 'ca-public': services.authority.pem, product: 'apoctl console' }),
  name: () => json({ name: 'apoctl console' }),
  time: (services) => json({ time: nowOf(services).toISOString() }),
  version: () => json(version),
  versions: () => json({ console: version }),
  routes: () => json(routes()),
}

const version = { version: '1.0.0', api: 1, sha: '' }

/** What anyone may know about a Console, under `/_meta/<name>`. */
export function answerMeta(name: string, services: ConsoleServices): MetaAnswer {
  const document = Object.hasOwn(documents, name) ? documents[name] : undefined
  if (document === undefined) throw refuse(404, 'Unable to find the requested resource')
  return document(services)
}

function routes(): unknown {
  return entities.all.flatMap(({ name, category, routes: all }) =>
    all.map(({ parent, on, operations }) => {
      const path = parent === undefined ? `/${category}` : `/${parent}/:id/${category}`
      return { identity: name, url: on === 'object' ? `${path}/:id` : path, operations }
    }),
  )
}

function json(value: unknown): MetaAnswer {
  return { contentType: 'application/json; charset=UTF-8', body: JSON.stringify(value) }
}

function pem(text: string): MetaAnswer {
  return { contentType: 'application/x-pem-file', body: text }
}
