import type { ObjectsByKind } from '../../api/endpoints/exchange.ts'
import type { CheckedObject } from './checked-import.ts'
import type { ImportedObject } from './import-report.ts'

/** Why the Console would refuse an import, as far as can be told before: one sentence for each reason. */
export function refusalsForeseen(
  planned: {
    readonly wanted: readonly CheckedObject[]
    readonly former: ObjectsByKind | undefined
    readonly changes: readonly ImportedObject[]
  },
  { override }: { readonly override: boolean },
): readonly string[] {
  const kept = planned.changes.filter((change) => change.protected === true && !override)
  const names = kept.map(({ resource, name }) => `${resource} ${name}`).join(', ')
  const strange = kindsNotCarried(planned)
  return [
    ...(kept.length === 0
      ? []
      : [`would be refused: it deletes what is protected (${names}), which needs --override`]),
    ...(strange.length === 0
      ? []
      : [`may be refused: this Console exports no ${strange.join(', ')}, and so may not import any`]),
  ]
}

/** A Console that names kinds of which there is nothing names all that it carries. */
function kindsNotCarried({
  wanted,
  former = {},
}: {
  readonly wanted: readonly CheckedObject[]
  readonly former: ObjectsByKind | undefined
}): string[] {
  if (!Object.values(former).some((objects) => objects.length === 0)) return []
  const kinds = new Set(wanted.map(({ entity }) => entity.category))
  return [...kinds].filter((kind) => !Object.hasOwn(former, kind))
}
