import { withDeadline } from '../async/deadline.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import { translateApiError } from './errors.ts'
import { AnswerTooLong } from './wire/answer-too-long.ts'
import { openUndiciWire } from './wire/undici-wire.ts'
import type { Proxy, WireAnswer } from './wire/wire.ts'

export interface FetchWorld {
  readonly signal: AbortSignal
  /** On the way to an https address. */
  readonly proxyFor: (origin: string) => Proxy | undefined
}

const mostBytes = 32 * 1024 * 1024
const mostRedirects = 5
const timeoutMs = 60_000
const patience = { connectTimeoutMs: 10_000, silenceTimeoutMs: 30_000 }
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * Fetches a text from an https address that the public authorities vouch for, or those of NODE_EXTRA_CA_CERTS.
 * Nothing of ours goes there, no token and no cookie. At most 32 MiB, a minute, and five redirects, to https
 * only. Throws APO-INPUT-VALUE for another address, APO-INPUT-FILE when what is there is no text to read, and
 * APO-FETCH when it could not be had.
 */
export async function fetchDocument(
  address: string,
  world: FetchWorld,
): Promise<{ readonly name: string; readonly content: string }> {
  const { signal } = world
  return withDeadline({ timeoutMs, signal }, (deadline) => follow(address, { ...world, signal: deadline }))
}

async function follow(
  address: string,
  world: FetchWorld,
): Promise<{ readonly name: string; readonly content: string }> {
  let url = parseAddress(address)
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await ask(url, world)
    if (!redirects.has(answer.status)) return { name: nameOf(url), content: textOf(answer, nameOf(url)) }
    url = parseAddress(answer.headers.get('location') ?? '', url)
  }
  throw new ApoctlError(['APO-FETCH', `${address} leads from address to address without end`])
}

function parseAddress(text: string, from?: URL): URL {
  const url = URL.canParse(text, from?.href) ? new URL(text, from?.href) : undefined
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url
  // The text may hold a password.
  const what = from === undefined ? 'that' : `where ${nameOf(from)} leads to`
  throw new ApoctlError(['APO-INPUT-VALUE', `${what} is no https address`], {
    hints: [
      'Write it as https://host/path, without a name or password.',
      'From elsewhere: curl -fsSL URL | apoctl api import -f -',
    ],
  })
}

/** Without the query, which may hold a token. */
function nameOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

async function ask(url: URL, { signal, proxyFor }: FetchWorld): Promise<WireAnswer> {
  const { origin } = url
  const proxy = proxyFor(origin)
  const wire = openUndiciWire({ origin, proxy, ...patience })
  try {
    const headers = [
      ['accept', '*/*'],
      ['user-agent', 'apoctl'],
    ] as const
    return await wire.send({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers,
      mostBytes,
      signal,
    })
  } catch (error) {
    throw translate(error, { url, proxy: proxy?.origin })
  } finally {
    await wire.close()
  }
}

function translate(
  error: unknown,
  { url, proxy }: { readonly url: URL; readonly proxy: string | undefined },
): unknown {
  if (error instanceof AnswerTooLong)
    return new ApoctlError(['APO-INPUT-FILE', `${nameOf(url)} is longer than ${mostBytes} bytes`])
  const known = translateApiError(error, { what: `GET ${url.pathname}`, api: url.origin, proxy })
  if (!(known instanceof ApoctlError)) return known
  const untrusted = known.code === 'APO-API-TLS'
  const hints = untrusted ? ['An authority of your own: NODE_EXTRA_CA_CERTS=FILE apoctl …'] : undefined
  return new ApoctlError(['APO-FETCH', known.message], { ...(hints && { hints }), cause: error })
}

function textOf({ status, headers, body }: WireAnswer, name: string): string {
  if (status >= 500 || status === 429) throw new ApoctlError(['APO-FETCH', `${name} answered HTTP ${status}`])
  if (status !== 200) throw unreadable(`${name} answered HTTP ${status}`)
  if ((headers.get('content-type') ?? '').startsWith('text/html'))
    throw unreadable(`${name} is a page to look at`, ['Give the address of the file itself, raw.'])
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw unreadable(`${name} is no text in UTF-8`)
  }
}

function unreadable(message: string, hints = ['Check the address.']): ApoctlError {
  return new ApoctlError(['APO-INPUT-FILE', message], { hints })
}
