import type { Operation } from '../../contract/entity/definition.ts'
import { authorize } from '../auth/authorize.ts'
import { refuse } from '../refused-request.ts'
import type { HookContext, StoredResource } from './resource.ts'

/** Who may import may not thereby do what they may not do by hand. */
export function checkAllowed(
  operation: Operation,
  { resource, context }: { readonly resource: StoredResource; readonly context: HookContext },
): void {
  const { caller, namespace } = context.call
  if (caller === undefined) return
  const { definition } = resource
  const reach = authorize(caller.principal, { definition, operation, namespace })
  if (reach === 'own') throw refuse(403, `You cannot import ${definition.category}`)
}
