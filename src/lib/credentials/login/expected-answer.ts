import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'

/** What a browser has to bring back from a login, by the names that the protocol gives it. */
export interface ExpectedAnswer {
  /**
   * Where it stands: in the address (OpenID Connect with a code), behind the # of the address, which no server
   * is sent (with a token), or in a form that the provider has the browser post (SAML).
   */
  readonly place: 'query' | 'fragment' | 'form'
  /** What binds it to this login and no other. */
  readonly state: { readonly name: 'state' | 'RelayState'; readonly value: string }
  /** What the Console wants to see. */
  readonly proof: 'code' | 'id_token' | 'SAMLResponse'
}

/**
 * Whether this is the answer to this login: it carries its state, and the proof or a no of the provider.
 * A name that stands there twice could be read one way here and another way there, so it never is.
 */
export function isAnswer(answer: URLSearchParams, expected: ExpectedAnswer): boolean {
  const { place, state, proof } = expected
  const names = [...answer.keys()]
  if (new Set(names).size < names.length || answer.get(state.name) !== state.value) return false
  return hasText(answer, proof) || (place !== 'form' && hasText(answer, 'error'))
}

const hasText = (answer: URLSearchParams, name: string): boolean => (answer.get(name) ?? '') !== ''

/** Takes the proof out of an answer. Throws APO-LOGIN-REFUSED when the provider says no. */
export function proofIn(answer: URLSearchParams, { proof }: ExpectedAnswer): Secret {
  const error = answer.get('error')
  const why = [error, answer.get('error_description')].filter((text) => text !== null).join(': ')
  if (error !== null) throw new ApoctlError(['APO-LOGIN-REFUSED', `the identity provider says no: ${why}`])
  return new Secret(answer.get(proof) ?? '')
}
