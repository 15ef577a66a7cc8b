import type { Realm } from '../../../contract/entities/issue.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import type { CallOptions } from '../call.ts'
import type { Caller } from '../session/caller.ts'

/** What a token is asked for with. Source: section 2.1 of the contract. */
export interface IssueRequest {
  readonly realm: Realm
  /** What the realm wants to see; secrets are revealed only into the request. */
  readonly metadata?: Readonly<Record<string, string | Secret>> | undefined
  /** A Go duration: `24h`. */
  readonly validity?: string | undefined
  readonly audience?: string | undefined
  /** How often the token may be used; 0 for any number. */
  readonly quota?: number | undefined
  readonly restrictedNamespace?: string | undefined
  readonly restrictedPermissions?: readonly string[] | undefined
  readonly restrictedNetworks?: readonly string[] | undefined
}

/**
 * Gets a token. `Certificate` works only over a connection that shows a client certificate, which
 * `openConsole` with an app credential makes for itself.
 */
export async function issueToken(
  request: IssueRequest,
  how: CallOptions & { readonly console: Pick<Caller, 'call'> },
): Promise<Secret> {
  const metadata = Object.fromEntries(
    Object.entries(request.metadata ?? {}).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  )
  const body = request.metadata === undefined ? request : { ...request, metadata }
  const answer = await how.console.call({ method: 'POST', path: ['issue'], body, anonymous: true }, how)
  const token = (answer.body as { readonly token?: unknown } | undefined)?.token
  if (typeof token !== 'string' || token === '')
    throw new ApoctlError(['APO-API-ANSWER', 'the answer to POST /issue holds no token'])
  return new Secret(token)
}
