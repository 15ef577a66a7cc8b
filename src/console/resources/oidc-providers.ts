import { oidcProvider } from '../../contract/entities/identity/oidc-provider.ts'
import { certificatesProblem } from '../../contract/entity/certificate-validations.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { serverAddressProblem } from '../../contract/server-address.ts'
import { checkCovers } from '../auth/authorize.ts'
import { refuse } from '../refused-request.ts'
import type { ConsoleServices } from '../services.ts'
import { findAll } from './find-all.ts'
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
  for (const [attribute, text] of Object.entries(problemsOf(object, services))) {
    if (text !== undefined) throw refuse(422, { text, data: { attribute } })
  }
  if (call.caller !== undefined) {
    const tags = ['@auth:realm=oidc', `@auth:namespace=${textOf(object, 'namespace')}`]
    checkCovers(call.caller.principal, services.policies.grantsNaming(tags))
  }
  const secret = textOf(object, 'clientSecret')
  if (secret !== keptSecret) internal['clientSecret'] = secret
  object['clientSecret'] = keptSecret
}

/** What is wrong with a provider, by attribute. */
function problemsOf(object: WireObject, services: ConsoleServices): Record<string, string | undefined> {
  const authority = textOf(object, 'certificateAuthority')
  const scope = (object['scopes'] as readonly string[]).find((text) => !scopeForm.test(text))
  return {
    endpoint: serverAddressProblem(textOf(object, 'endpoint')),
    certificateAuthority:
      authority === '' ? undefined : certificatesProblem('certificateAuthority', [authority]),
    scopes: scope === undefined ? undefined : `'${scope}' is not a scope`,
    default: object['default'] === true ? otherDefaultProblem(object, services) : undefined,
  }
}

/** As OAuth writes them: visible ASCII without quotes and backslashes. */
const scopeForm = /^[\x21\x23-\x5b\x5d-\x7e]+$/

function otherDefaultProblem(object: WireObject, services: ConsoleServices): string | undefined {
  const filter = { kind: 'comparison', key: 'default', operator: '==', value: true } as const
  const namespace = textOf(object, 'namespace')
  const wanted = { definition: oidcProvider, filter, namespace, recursive: false }
  const other = findAll(wanted, services).find(({ ID }) => ID !== object['ID'])
  return other === undefined
    ? undefined
    : `'${textOf(other, 'name')}' is the default of the namespace already`
}
