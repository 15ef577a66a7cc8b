import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import type { ApiAnswer, CallOptions } from '../call.ts'
import type { Caller } from '../session/caller.ts'
import type { TokenTerms } from '../token-terms.ts'

/** Proof of who somebody is, by realm. Secrets are revealed only into the request. */
export type Proof =
  /** Works only over a connection that shows a client certificate; see `ConsoleLogin`. */
  | { readonly realm: 'Certificate' }
  | {
      readonly realm: 'Vince'
      readonly metadata: {
        readonly vinceAccount: string
        readonly vincePassword: Secret
        readonly vinceOTP?: Secret | undefined
      }
    }
  | {
      readonly realm: 'AporetoIdentityToken' | 'PCIdentityToken' | 'GCPIdentityToken' | 'AzureIdentityToken'
      readonly metadata: { readonly token: Secret }
    }
  | {
      readonly realm: 'AWSSecurityToken'
      readonly metadata: {
        readonly accessKeyID: string
        readonly secretAccessKey: Secret
        readonly token: Secret
      }
    }
  | { readonly realm: 'LDAP'; readonly metadata: LdapProof }
  /** The second step, after `beginLogin`; `state` as the provider sent it back. */
  | { readonly realm: 'OIDC'; readonly metadata: { readonly code: Secret; readonly state: string } }
  | {
      readonly realm: 'SAML'
      readonly metadata: { readonly SAMLResponse: Secret; readonly relayState: string }
    }
  /** The former way: the proof is not in the metadata. */
  | { readonly realm: 'Google'; readonly data: Secret }

/** Either `namespace` and `provider` name a provider that the Console knows, or the rest describes one. */
export interface LdapProof {
  readonly username: string
  readonly password: Secret
  readonly namespace?: string | undefined
  readonly provider?: string | undefined
  readonly address?: string | undefined
  readonly baseDN?: string | undefined
  readonly bindDN?: string | undefined
  readonly bindPassword?: Secret | undefined
  /** Contains `{USERNAME}`. */
  readonly bindSearchFilter?: string | undefined
  readonly subjectKey?: string | undefined
  readonly ignoredKeys?: readonly string[] | undefined
  readonly connSecurityProtocol?: string | undefined
}

export type IssueRequest = Proof & TokenTerms

/** The first step of a login that happens in a browser. */
export type BrowserLogin = {
  readonly namespace: string
  /** The provider by the name it has in that namespace; its default one when not given. */
  readonly provider?: string | undefined
  /** Where the browser comes back to. */
  readonly redirectURL: string
  readonly realm: 'OIDC' | 'SAML'
}

export type IssueOptions = CallOptions & { readonly console: Pick<Caller, 'call'> }

/** Gets a token. Rejects with APO-API-AUTH and the like when the Console does not take the proof. */
export async function issueToken(request: IssueRequest, how: IssueOptions): Promise<Secret> {
  const { body } = await post({ request }, how)
  const token = (body as { readonly token?: unknown } | undefined)?.token
  if (typeof token !== 'string' || token === '')
    throw new ApoctlError(['APO-API-ANSWER', 'the answer to POST /issue holds no token'])
  return new Secret(token)
}

/**
 * Asks where a browser has to go to log in: the address of the provider, with what it needs to know.
 * It is returned and never followed. What the browser brings back is the proof for `issueToken`.
 */
export async function beginLogin(request: BrowserLogin, how: IssueOptions): Promise<string> {
  const { namespace, provider, redirectURL, realm } = request
  const metadata = { namespace, [`${realm}ProviderName`]: provider, redirectURL }
  const answer = await post({ request: { realm, metadata }, alsoFine: [302] }, how)
  const { location } = answer
  if (answer.status === 302 && location !== undefined && URL.canParse(location)) return location
  throw new ApoctlError(['APO-API-ANSWER', 'the answer to POST /issue does not say where to log in'])
}

async function post(
  what: { readonly request: object; readonly alsoFine?: readonly number[] },
  how: IssueOptions,
): Promise<ApiAnswer> {
  const body = revealed(what.request)
  const { alsoFine } = what
  return how.console.call({ method: 'POST', path: ['issue'], body, anonymous: true, alsoFine }, how)
}

/** The same with its secrets in the open, as the request has to have them. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revealed(part)]))
}
