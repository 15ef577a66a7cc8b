import type { AppCredentialChange } from '../../credentials/app-credentials/change-app-credential.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'

export const appCredentialChangePresentation: Presentation<AppCredentialChange> = {
  kind: 'AppCredentialChange',
  exitCode: () => exitCode.ok,
  views: { table: changeView },
}

function changeView(change: AppCredentialChange): string {
  const who = sanitiseLine(`${change.name} (${change.id})`)
  return `${who} ${change.dryRun ? 'would be' : 'is'} ${sanitiseLine(outcomeOf(change))}`
}

function outcomeOf(change: AppCredentialChange): string {
  switch (change.action) {
    case 'enable':
      return 'enabled'
    case 'disable':
      return 'disabled'
    case 'delete':
      return 'deleted'
    case 'set-roles':
      return `of roles ${change.roles.join(', ')}`
    case 'set-subnets':
      return change.authorizedSubnets.length === 0
        ? 'good from every network'
        : `good from ${change.authorizedSubnets.join(', ')}`
    default:
      return change.action satisfies never
  }
}
