import { labelTag } from '../../../contract/exchange/import-label.ts'
import { printFilter } from '../../../contract/filter/print.ts'
import { exchange, type ObjectsByKind } from '../../api/endpoints/exchange.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { QueryContext } from '../list-objects.ts'

/** Everything that imports with a label made in a namespace until now, as an export has it. */
export async function madeByLabel(
  { label, namespace }: { readonly label: string; readonly namespace: string },
  { console, signal }: QueryContext,
): Promise<ObjectsByKind> {
  const filter = printFilter({
    kind: 'comparison',
    key: 'metadata',
    operator: 'contains',
    value: labelTag(label),
  })
  if (!filter.ok) throw new ApoctlError(['APO-INPUT-VALUE', `the label cannot be used: ${filter.problem}`])
  const query = { identities: [], filter: filter.value, namespace }
  return (await exchange(console).export(query, { signal })).data
}
