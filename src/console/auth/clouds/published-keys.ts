import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { refuse } from '../../refused-request.ts'
import { CloudSilent, type CloudContext } from './cloud-identity.ts'

export interface PublishedKeys {
  readonly cloud: string
  readonly url: string
}

/**
 * The keys that a cloud publishes: fetched when first needed, kept for ten minutes, and fetched once more for
 * a key nobody has seen, at most every half minute; so strangers with invented keys cannot make the Console
 * ask all the time.
 */
export function publishedKeys({ cloud, url }: PublishedKeys, { fetch }: CloudContext): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    [customFetch]: async (...[address, init]: Parameters<typeof fetch>) => {
      const answer = await fetch(address, init)
      if (answer.status === 400 || answer.status === 404) {
        throw refuse(401, `${cloud} does not know who is said to have signed the token`)
      }
      if (answer.status !== 200) throw new CloudSilent(`${cloud} answers ${answer.status} at ${address}`)
      return answer
    },
  })
}
