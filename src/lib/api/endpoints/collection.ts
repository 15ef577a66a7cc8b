import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { ApiAnswer, CallOptions, QueryParameters } from '../call.ts'
import type { ConsoleClient } from '../console-client.ts'

/** Which objects of a collection, and what of them. */
export interface ListQuery {
  /** The filter language of section 1.7, as one text. */
  readonly filter?: string | undefined
  readonly fields?: readonly string[] | undefined
  /** Attribute names, `-name` for descending. With several, see `pages`. */
  readonly order?: readonly string[] | undefined
  /** Also child namespaces. */
  readonly recursive?: boolean | undefined
  /** Also what parents propagate. */
  readonly propagated?: boolean | undefined
  readonly namespace?: string | undefined
  /** Objects per request. Default 500. */
  readonly pageSize?: number | undefined
  /** Only this page, counted from 1; all pages, one after the other, when not given. */
  readonly page?: number | undefined
  /** Further parameters of this collection. */
  readonly parameters?: QueryParameters | undefined
}

export interface DeleteOptions extends CallOptions {
  /** Also when the object is protected. */
  readonly override?: boolean | undefined
  readonly namespace?: string | undefined
}

export interface WriteOptions extends CallOptions {
  readonly namespace?: string | undefined
  /** Makes this write the same one even after a restart of this process. */
  readonly idempotencyKey?: string | undefined
}

/** What every collection of the Console can do, as far as the Console allows it there. */
export interface Collection<Entity> {
  /** All objects, page by page, as they come. Nothing is asked for before it is wanted. */
  list(query?: ListQuery, options?: CallOptions): AsyncGenerator<Entity, void, undefined>
  /**
   * The same, as the Console sends them: for those who show a page while the next one is on its way. Cursors
   * stand still whatever happens to the list. There are none for an order by several attributes: such pages
   * are counted, and an object that comes or goes meanwhile shifts the rest, so that one at the edge of a page
   * may come twice or not at all.
   */
  pages(query?: ListQuery, options?: CallOptions): AsyncGenerator<readonly Entity[], void, undefined>
  /** One page alone: `query.page`, or the first. */
  page(query?: ListQuery, options?: CallOptions): Promise<readonly Entity[]>
  /** The first match, or undefined. */
  first(query?: ListQuery, options?: CallOptions): Promise<Entity | undefined>
  count(query?: ListQuery, options?: CallOptions): Promise<number>
  get(id: string, options?: WriteOptions & { readonly fields?: readonly string[] }): Promise<Entity>
  create(entity: Partial<Entity>, options?: WriteOptions): Promise<Entity>
  /** Sends only what changes. */
  patch(
    change: { readonly id: string; readonly to: Partial<Entity> },
    options?: WriteOptions,
  ): Promise<Entity>
  /** Replaces the whole object: what is left out falls back to its default. */
  update(
    change: { readonly id: string; readonly to: Partial<Entity> },
    options?: WriteOptions,
  ): Promise<Entity>
  delete(id: string, options?: DeleteOptions): Promise<void>
}

const usualPageSize = 500

/** The collection of that name, e.g. `enforcers`; the shape of its objects is the caller's word. */
export function collectionOf<Entity>(name: string, console: ConsoleClient): Collection<Entity> {
  const one = (answer: ApiAnswer) => expectObject(answer, name) as Entity
  const write = async (
    what: {
      readonly method: 'POST' | 'PUT' | 'PATCH'
      readonly path: readonly string[]
      readonly body: unknown
    },
    { namespace, idempotencyKey, ...how }: WriteOptions = {},
  ) => one(await console.call({ ...what, namespace, idempotencyKey }, how))
  const pages = (query: ListQuery = {}, options?: CallOptions) => {
    if (query.page !== undefined) return only(onePage<Entity>({ name, query, options }, console))
    const walk = (query.order?.length ?? 0) > 1 ? pagesByNumber<Entity> : pagesByCursor<Entity>
    return walk({ name, query, options }, console)
  }
  const list = (query?: ListQuery, options?: CallOptions) => eachOf(pages(query, options))
  return {
    list,
    pages,
    page: (query = {}, options) => onePage<Entity>({ name, query, options }, console),
    async first(query = {}, options) {
      const { value, done } = await list({ ...query, pageSize: 1 }, options).next()
      return done ? undefined : value
    },
    async count(query = {}, options) {
      const answer = await console.call({ method: 'HEAD', path: [name], ...selection(query) }, options)
      return answer.total ?? 0
    },
    async get(id, { namespace, fields, ...how } = {}) {
      return one(await console.call({ method: 'GET', path: [name, id], namespace, fields }, how))
    },
    create: (entity, options) => write({ method: 'POST', path: [name], body: entity }, options),
    patch: ({ id, to }, options) => write({ method: 'PATCH', path: [name, id], body: to }, options),
    update: ({ id, to }, options) => write({ method: 'PUT', path: [name, id], body: to }, options),
    async delete(id, { override, namespace, ...how } = {}) {
      const query = override ? { override: true } : undefined
      await console.call({ method: 'DELETE', path: [name, id], namespace, query }, how)
    },
  }
}

interface Listing {
  readonly name: string
  readonly query: ListQuery
  readonly options: CallOptions | undefined
}

async function* eachOf<Entity>(
  pages: AsyncIterable<readonly Entity[]>,
): AsyncGenerator<Entity, void, undefined> {
  for await (const page of pages) yield* page
}

async function* pagesByCursor<Entity>(
  { name, query, options }: Listing,
  console: ConsoleClient,
): AsyncGenerator<readonly Entity[], void, undefined> {
  const { fields, namespace, query: parameters } = selection(query)
  let after: string | undefined
  do {
    const page = { ...parameters, after, limit: query.pageSize ?? usualPageSize }
    const answer = await console.call(
      { method: 'GET', path: [name], query: page, fields, namespace },
      options,
    )
    const objects = expectList(answer, name)
    if (objects.length === 0) return
    yield objects as readonly Entity[]
    after = answer.next
  } while (after !== undefined)
}

/** The Console takes one order at most beside a cursor. */
async function* pagesByNumber<Entity>(
  listing: Listing,
  console: ConsoleClient,
): AsyncGenerator<readonly Entity[], void, undefined> {
  let seen = 0
  for (let page = 1; ; page += 1) {
    const answer = await askPage({ ...listing, query: { ...listing.query, page } }, console)
    const objects = expectList(answer, listing.name)
    if (objects.length === 0) return
    yield objects as readonly Entity[]
    seen += objects.length
    // A Console may give fewer than were asked for on any page: only the whole number says when to stop.
    if (seen >= (answer.total ?? Infinity)) return
  }
}

async function onePage<Entity>(listing: Listing, console: ConsoleClient): Promise<readonly Entity[]> {
  return expectList(await askPage(listing, console), listing.name) as readonly Entity[]
}

function askPage({ name, query, options }: Listing, console: ConsoleClient): Promise<ApiAnswer> {
  const { fields, namespace, query: parameters } = selection(query)
  const page = { ...parameters, page: query.page ?? 1, pagesize: query.pageSize ?? usualPageSize }
  return console.call({ method: 'GET', path: [name], query: page, fields, namespace }, options)
}

async function* only<Page>(page: Promise<Page>): AsyncGenerator<Page, void, undefined> {
  yield await page
}

function selection(query: ListQuery) {
  return {
    fields: query.fields,
    namespace: query.namespace,
    query: {
      ...query.parameters,
      q: query.filter,
      order: query.order,
      // Any text counts as true there, `false` included: sent only when wanted.
      recursive: query.recursive || undefined,
      propagated: query.propagated || undefined,
    },
  }
}

function expectList(answer: ApiAnswer, name: string): readonly unknown[] {
  if (answer.body === undefined || answer.body === null) return []
  if (Array.isArray(answer.body)) return answer.body
  throw new ApoctlError(['APO-API-ANSWER', `the Console answered no list of ${name}`])
}

function expectObject(answer: ApiAnswer, name: string): object {
  const { body } = answer
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new ApoctlError(['APO-API-ANSWER', `the Console answered no object of ${name}`])
}
