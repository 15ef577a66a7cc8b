import type { AppCredential } from '../../../contract/entities/app-credential.ts'
import { appCredentials } from '../../api/endpoints/app-credentials.ts'
import type { AppCredentialContext } from './app-credential-context.ts'
import { findAppCredential } from './find-app-credential.ts'
import { subnetsOf } from './list-app-credentials.ts'

/** What shall be different about an app credential. */
export type WantedChange =
  | { readonly action: 'enable' }
  | { readonly action: 'disable' }
  | { readonly action: 'set-roles'; readonly roles: readonly string[] }
  /** None: from everywhere. */
  | { readonly action: 'set-subnets'; readonly subnets: readonly string[] }
  | { readonly action: 'delete' }

export interface ChangeAppCredentialOptions {
  readonly nameOrId: string
  readonly change: WantedChange
  readonly dryRun: boolean
  /** Asked once it is known which one it is; rejects to stop. */
  readonly confirm?: (found: AppCredential) => Promise<void>
}

/** An app credential after a change, or, of a dry run, as it would be. */
export interface AppCredentialChange {
  readonly action: WantedChange['action']
  readonly dryRun: boolean
  readonly id: string
  readonly name: string
  readonly namespace: string
  readonly roles: readonly string[]
  readonly authorizedSubnets: readonly string[]
  readonly disabled: boolean
}

/** Changes or deletes one app credential. Throws as `findAppCredential` does. */
export async function changeAppCredential(
  options: ChangeAppCredentialOptions,
  context: AppCredentialContext,
): Promise<AppCredentialChange> {
  const { change, dryRun } = options
  const found = await findAppCredential(options.nameOrId, context)
  if (!dryRun) {
    await options.confirm?.(found)
    await apply(change, { found, ...context })
  }
  return { ...describe(found), ...effectOf(change), action: change.action, dryRun }
}

async function apply(
  change: WantedChange,
  { found, console, signal }: AppCredentialContext & { readonly found: AppCredential },
): Promise<void> {
  const { ID: id, namespace } = found
  const collection = appCredentials(console)
  if (change.action === 'delete') await collection.delete(id, { namespace, signal })
  else await collection.patch({ id, to: effectOf(change) }, { namespace, signal })
}

function effectOf(
  change: WantedChange,
): Partial<Pick<AppCredential, 'roles' | 'authorizedSubnets' | 'disabled'>> {
  switch (change.action) {
    case 'enable':
      return { disabled: false }
    case 'disable':
      return { disabled: true }
    case 'set-roles':
      return { roles: [...change.roles] }
    case 'set-subnets':
      return { authorizedSubnets: [...change.subnets] }
    case 'delete':
      return {}
    default:
      return change satisfies never
  }
}

function describe(found: AppCredential): Omit<AppCredentialChange, 'action' | 'dryRun'> {
  const { ID: id, name, namespace, roles, disabled } = found
  const authorizedSubnets = subnetsOf(found)
  return { id, name, namespace, roles, authorizedSubnets, disabled }
}
