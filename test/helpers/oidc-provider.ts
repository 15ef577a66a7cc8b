import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type ClientMetadata, type Configuration } from 'oidc-provider'

/** A real OpenID provider on the loopback, with its own pages that take any name and password. */
export interface TestOidcProvider {
  /** Its issuer, and where discovery finds it. */
  readonly endpoint: string
  close(): void
}

/**
 * A real provider for an address that somebody serves. It knows everybody: people are what they type, with an
 * address at corp.example and two groups.
 */
export function makeOidcProvider(issuer: string, configuration: Configuration): Provider {
  return new Provider(issuer, {
    claims: {
      openid: ['sub'],
      email: ['email'],
      profile: ['email', 'email_verified', 'groups', 'namespace'],
    },
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token'],
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@corp.example`, groups: ['staff', 'ops'], namespace: '/' }),
    }),
    ...configuration,
  })
}

/** Starts one that knows these clients. */
export async function startOidcProvider(clients: readonly ClientMetadata[]): Promise<TestOidcProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = makeOidcProvider(endpoint, { clients: [...clients] }).callback()
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
