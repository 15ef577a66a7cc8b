import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type ClientMetadata } from 'oidc-provider'

/** A real OpenID provider on the loopback, with its own pages that take any name and password. */
export interface TestOidcProvider {
  /** Its issuer, and where discovery finds it. */
  readonly endpoint: string
  close(): void
}

/** Starts one that knows these clients. People are what they type, with an address at corp.example and two groups. */
export async function startOidcProvider(clients: readonly ClientMetadata[]): Promise<TestOidcProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(endpoint, {
    clients: [...clients],
    claims: { openid: ['sub'], email: ['email'], profile: ['email', 'groups', 'namespace'] },
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token'],
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@corp.example`, groups: ['staff', 'ops'], namespace: '/' }),
    }),
  })
  const answer = provider.callback()
  server.on('request', (request, response) => void answer(request, response))
  return {
    endpoint,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What a person types into its pages. */
export const jane = { login: 'jane', password: 'any' } as const
