import { request as plainRequest, type IncomingMessage } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { runInNewContext } from 'node:vm'

/**
 * A person with a browser, over HTTP: follows redirects, keeps cookies, fills in forms by the names of their
 * fields and sends them, and runs the one kind of script there is here, which makes a form and submits it.
 */
export interface BrowserOptions {
  /** What is typed into fields, by name. Fields that are not named here keep what they hold. */
  readonly typed?: Readonly<Record<string, string>>
  /** Addresses that begin so are not visited but given back. */
  readonly stopAt?: string
  /** On a page with this text in a link, the person follows the link and sends no form. */
  readonly linkWith?: string
  /** Authorities for https, PEM. */
  readonly ca?: string
}

export interface LastPage {
  /** With its fragment. */
  readonly url: string
  /** 0 when it was not visited, because of `stopAt`. */
  readonly status: number
  readonly text: string
}

interface Step {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Goes from an address as far as redirects and forms lead. */
export async function browse(address: string, options: BrowserOptions = {}): Promise<LastPage> {
  const cookies = new Map<string, string>()
  let step: Step = { method: 'GET', url: address }
  for (let steps = 0; steps < 20; steps += 1) {
    if (options.stopAt !== undefined && step.url.startsWith(options.stopAt))
      return { url: step.url, status: 0, text: '' }
    const answer = await send(step, { cookies, ca: options.ca })
    const next = nextStep({ url: step.url, ...answer }, options)
    if (next === undefined) return { url: step.url, status: answer.status, text: answer.text }
    step = next
  }
  throw new Error(`this goes in circles: ${step.url}`)
}

function nextStep(page: Answer & { readonly url: string }, options: BrowserOptions): Step | undefined {
  const { location } = page.headers
  // A fragment is kept unless the redirect brings its own, as in a browser.
  if (location !== undefined) return { method: 'GET', url: new URL(location, page.url).href }
  const link = options.linkWith === undefined ? undefined : linkIn(page.text, options.linkWith)
  if (link !== undefined) return { method: 'GET', url: new URL(link, page.url).href }
  return scriptedStep(page) ?? formStep(page, options.typed ?? {})
}

function send(
  step: Step,
  from: { readonly cookies: Map<string, string>; readonly ca: string | undefined },
): Promise<Answer> {
  const url = new URL(step.url)
  const ours = [...from.cookies].filter(([key]) => key.startsWith(`${url.host} `))
  const cookie = ours.map(([key, value]) => `${key.slice(url.host.length + 1)}=${value}`).join('; ')
  const headers = {
    ...(cookie === '' ? {} : { cookie }),
    ...(step.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  const options = { method: step.method, headers, agent: false as const }
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          from.cookies.set(`${url.host} ${name}`, value)
        }
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    }
    const { ca } = from
    const outgoing =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...options, ...(ca === undefined ? {} : { ca }) }, answered)
        : plainRequest(url, options, answered)
    outgoing.on('error', reject)
    outgoing.end(step.body)
  })
}

function linkIn(html: string, text: string): string | undefined {
  return [...html.matchAll(/<a\s[^>]*href="([^"]+)"[^>]*>([^<]*)/g)].find(([, , said]) =>
    said?.includes(text),
  )?.[1]
}

/** The first form of a page, filled in. */
function formStep(page: Answer & { readonly url: string }, typed: Readonly<Record<string, string>>) {
  const [, attributes = '', inside = ''] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page.text) ?? []
  if (attributes === '') return undefined
  const fields = new URLSearchParams()
  for (const [input] of inside.matchAll(/<input[^>]*>/g)) {
    const name = attributeOf(input, 'name')
    if (name !== undefined) fields.set(name, typed[name] ?? attributeOf(input, 'value') ?? '')
  }
  const url = new URL(attributeOf(attributes, 'action') ?? page.url, page.url).href
  return { method: 'POST', url, body: fields.toString() } as const
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&#x2F;', '/')
    .replaceAll('&amp;', '&')
}

/** Runs the script of a page in a document that can make forms, and gives what it submits. */
function scriptedStep(page: Answer & { readonly url: string }): Step | undefined {
  const script = /<script>([\s\S]*?)<\/script>/.exec(page.text)?.[1]
  if (script === undefined) return undefined
  const { hash } = new URL(page.url)
  const fields: { readonly name: string; readonly value: string }[] = []
  let body: string | undefined
  const made = {
    form: () => ({
      append: (field: { name: string; value: string }) => fields.push(field),
      submit: () =>
        (body = new URLSearchParams(
          fields.map(({ name, value }): [string, string] => [name, value]),
        ).toString()),
    }),
    input: () => ({}),
  }
  runInNewContext(script, {
    URLSearchParams,
    location: { hash },
    history: { replaceState: () => undefined },
    document: {
      createElement: (kind: keyof typeof made) => made[kind](),
      body: { append: () => undefined },
    },
  })
  return body === undefined ? undefined : { method: 'POST', url: new URL('/', page.url).href, body }
}
