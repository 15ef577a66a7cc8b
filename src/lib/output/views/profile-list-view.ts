import type { ListedProfile, ProfileList } from '../../credentials/profiles/list-profiles.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'
import { renderTable } from '../table.ts'
import type { Theme } from '../theme.ts'

export const profileListPresentation: Presentation<ProfileList> = {
  kind: 'ProfileList',
  exitCode: () => exitCode.ok,
  views: { table: profileListView, jsonl: ({ profiles }) => profiles },
}

function profileListView({ profiles }: ProfileList, theme: Theme): string {
  if (profiles.length === 0) return 'There is no profile. Make one with: apoctl configure'
  const rows = profiles.map((profile) => [
    markOf(profile),
    profile.name,
    sanitiseLine(profile.api ?? '-'),
    namespaceOf(profile),
    String(profile.appcred),
    profile.secret,
  ])
  const table = renderTable(
    { columns: ['CURRENT', 'NAME', 'API', 'NAMESPACE', 'APPCRED', 'SECRET'], rows },
    theme,
  )
  const problems = profiles.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [`${theme.warn(name)}: ${sanitiseLine(problem)}`],
  )
  return problems.length === 0 ? table : [table, '', ...problems].join('\n')
}

/** What this shell selects is marked, even where another one is current. */
function markOf({ current, selected }: ListedProfile): string {
  if (selected) return '>'
  return current ? '*' : ''
}

function namespaceOf({ namespace, namespaceFrom }: ListedProfile): string {
  if (namespace === undefined) return '-'
  return sanitiseLine(namespace) + (namespaceFrom === 'appcred' ? ' (appcred)' : '')
}
