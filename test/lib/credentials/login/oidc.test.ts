import { describe, expect, it } from 'vitest'
import type { ApiAnswer, ApiCall } from '../../../../src/lib/api/call.ts'
import type { ConsoleClient } from '../../../../src/lib/api/console-client.ts'
import { logInWithOidc } from '../../../../src/lib/credentials/login/oidc.ts'

const nothing = {
  body: undefined,
  total: undefined,
  next: undefined,
  messages: [],
  serverTimeMs: undefined,
  location: undefined,
}

/** A Console as section 2.1 of the contract has it: 302, then code and state for a token. Anything else fails. */
function scriptedConsole(location = 'https://idp.example/auth?client_id=x&state=s-1') {
  const asked: unknown[] = []
  const call = (made: ApiCall): Promise<ApiAnswer> => {
    expect(made).toMatchObject({ method: 'POST', path: ['issue'], anonymous: true })
    asked.push(made.body)
    if (asked.length === 1) return Promise.resolve({ ...nothing, status: 302, location })
    return Promise.resolve({ ...nothing, status: 200, body: { token: 'a.b.c' } })
  }
  return { asked, console: { api: 'https://c', call } as unknown as ConsoleClient }
}

type Visit = (back: string) => Promise<void>

let visited: Promise<void> = Promise.resolve()

function logIn(console: ConsoleClient, visit: Visit, timeoutMs = 15_000, asked: unknown[] = []) {
  const show = (): void => {
    const first = asked[0] as { metadata: { redirectURL: string } }
    visited = visit(first.metadata.redirectURL.replace('localhost', '127.0.0.1'))
  }
  const options = { namespace: '/acme', provider: 'corp', port: 0, timeoutMs, terms: { validity: '1h' } }
  return logInWithOidc(options, {
    console,
    signal: new AbortController().signal,
    show,
    warn: () => undefined,
  })
}

describe('logging in with OpenID Connect', () => {
  it('brings code and state from the browser to the Console, with the terms of the token', async () => {
    const { asked, console } = scriptedConsole()
    const pages: string[] = []
    const report = await logIn(
      console,
      async (back) => void pages.push(await (await fetch(`${back}/?code=c-1&state=s-1`)).text()),
      undefined,
      asked,
    )
    expect(report).toEqual({ token: 'a.b.c', api: 'https://c', realm: 'OIDC' })
    expect(asked).toEqual([
      {
        realm: 'OIDC',
        metadata: {
          namespace: '/acme',
          OIDCProviderName: 'corp',
          redirectURL: expect.stringMatching(/^http:\/\/localhost:\d+$/),
        },
      },
      { realm: 'OIDC', validity: '1h', metadata: { code: 'c-1', state: 's-1' } },
    ])
    await visited
    expect(pages.join()).toContain('You can close this page')
  })

  it('does not take the answer to another login', async () => {
    const { asked, console } = scriptedConsole()
    const statuses: number[] = []
    await logIn(
      console,
      async (back) => {
        for (const query of ['?code=evil&state=s-2', '?code=evil', 'favicon.ico', '?code=c-1&state=s-1'])
          statuses.push((await fetch(`${back}/${query}`)).status)
      },
      undefined,
      asked,
    )
    await visited
    expect(statuses.slice(0, 3)).toEqual([400, 400, 404])
    expect(asked[1]).toMatchObject({ metadata: { code: 'c-1' } })
  })

  it('says what the provider said when it said no', async () => {
    const { asked, console } = scriptedConsole()
    const visit: Visit = async (back) => {
      await fetch(`${back}/?error=access_denied&state=s-1`)
    }
    await expect(logIn(console, visit, undefined, asked)).rejects.toMatchObject({ code: 'APO-LOGIN-REFUSED' })
  })

  it('ends when nobody comes back, and refuses a Console that sends no state', async () => {
    const { asked, console } = scriptedConsole()
    await expect(logIn(console, () => Promise.resolve(), 50, asked)).rejects.toMatchObject({
      code: 'APO-LOGIN-CALLBACK',
    })
    const stateless = scriptedConsole('https://idp.example/auth')
    await expect(logIn(stateless.console, () => Promise.resolve())).rejects.toMatchObject({
      code: 'APO-API-ANSWER',
    })
  })
})
