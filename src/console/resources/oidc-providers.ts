import { oidcProvider } from '../../contract/entities/identity/oidc-provider.ts'
import { textOf } from '../../contract/entity/definition.ts'
import { checkCovers } from '../auth/authorize.ts'
import { endpointProblem } from '../auth/oidc.ts'
import { refuse } from '../refused-request.ts'
import type { Draft, HookContext, StoredResource } from './resource.ts'

/** Stands for a secret that is kept; sent back, it changes nothing. */
const keptSecret = '(kept)'

/**
 * OIDC providers. Whoever says who answers for a namespace can be anybody whom policies name there, so they
 * must not be able to do less than those.
 */
export const oidcProviders: StoredResource = {
  kind: 'stored',
  definition: oidcProvider,
  prepareCreate: checkProvider,
  prepareUpdate: checkProvider,
}

function checkProvider(draft: Draft, { call, services }: HookContext): void {
  const { object, internal } = draft
  const problem = endpointProblem(textOf(object, 'endpoint'))
  if (problem !== undefined) throw refuse(422, { text: problem, data: { attribute: 'endpoint' } })
  if (textOf(object, 'certificateAuthority') !== '') {
    throw refuse(501, 'An own certificateAuthority is not available: let the machine of the Console trust it')
  }
  if (call.caller !== undefined) {
    const tags = ['@auth:realm=oidc', `@auth:namespace=${textOf(object, 'namespace')}`]
    checkCovers(call.caller.principal, services.policies.grantsNaming(tags))
  }
  const secret = textOf(object, 'clientSecret')
  if (secret !== keptSecret) internal['clientSecret'] = secret
  object['clientSecret'] = keptSecret
}
