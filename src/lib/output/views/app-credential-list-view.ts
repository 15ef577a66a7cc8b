import type {
  AppCredentialList,
  ListedAppCredential,
} from '../../credentials/app-credentials/list-app-credentials.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const appCredentialListPresentation: Presentation<AppCredentialList> = {
  kind: 'AppCredentialList',
  exitCode: () => exitCode.ok,
  views: { table: listView, jsonl: ({ appCredentials }) => appCredentials },
}

function listView({ appCredentials, namespace }: AppCredentialList, theme: Theme): string {
  if (appCredentials.length === 0) return `no app credentials in ${sanitiseLine(namespace)}`
  const columns = ['NAME', 'ID', 'NAMESPACE', 'ROLES', 'SUBNETS', 'STATE', 'EXPIRES']
  return renderTable({ columns, rows: appCredentials.map((one) => rowOf(one, theme)) }, theme)
}

function rowOf(one: ListedAppCredential, theme: Theme): readonly string[] {
  const roles = one.roles.map((role) => role.replace(/^@auth:role=/, ''))
  const state = one.disabled ? theme.warn('disabled') : 'enabled'
  const cells = [one.name, one.id, one.namespace, roles.join(', '), one.authorizedSubnets.join(', ') || 'any']
  return [...cells.map(sanitiseLine), state, one.expiresAt?.slice(0, 10) ?? '-']
}
