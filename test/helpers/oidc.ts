import Provider, { type Configuration } from 'oidc-provider'

/** A real provider that knows everybody; its own pages ask for any name and password. */
export function realProvider(issuer: string, redirectURL: string, more: Configuration = {}): Provider {
  return new Provider(issuer, {
    clients: [{ client_id: 'console', client_secret: 'hush', redirect_uris: [redirectURL] }],
    claims: { openid: ['sub'], profile: ['email', 'email_verified', 'groups', 'namespace'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@corp.example`, groups: ['staff', 'ops'], namespace: '/' }),
    }),
    ...more,
  })
}

interface Browser {
  /** Where the provider sends people back to; what it gives along is the result. */
  readonly redirectURL: string
  readonly fetch: (
    url: string,
    init: {
      readonly redirect: 'manual'
      readonly headers: Record<string, string>
      readonly method?: string
      readonly body?: URLSearchParams
    },
  ) => Promise<Pick<Response, 'headers' | 'status' | 'text'>>
}

/** What a browser does: follows, keeps cookies, fills in the two forms of the provider. */
export async function browseOidc(location: string, browser: Browser): Promise<URLSearchParams> {
  const cookies = new Map<string, string>()
  const ask = async (url: string, form?: URLSearchParams): ReturnType<Browser['fetch']> => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const sent = form === undefined ? {} : { method: 'POST', body: form }
    const answer = await browser.fetch(url, { redirect: 'manual', headers, ...sent })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      cookies.set(name, value)
    }
    return answer
  }
  let url = location
  for (let step = 0; step < 12; step++) {
    const form = url.includes('/interaction/') ? filledIn(await (await ask(url)).text()) : undefined
    const answer = await ask(url, form)
    const next = answer.headers.get('location')
    if (next === null) throw new Error(`no way on from ${url}: ${answer.status} ${await answer.text()}`)
    url = new URL(next, url).href
    if (url.startsWith(browser.redirectURL)) return new URL(url).searchParams
  }
  throw new Error('the provider goes in circles')
}

function filledIn(page: string): URLSearchParams {
  const prompt = page.includes('name="login"') ? 'login' : 'consent'
  return new URLSearchParams({ prompt, login: 'jane', password: 'any' })
}
