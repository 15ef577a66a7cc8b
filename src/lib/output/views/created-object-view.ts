import { exitCode } from '../../errors/exit-code.ts'
import type { CreatedObject } from '../../queries/create-object.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'

export const createdObjectPresentation: Presentation<CreatedObject> = {
  kind: 'CreatedObject',
  exitCode: () => exitCode.ok,
  views: { table: idView, jsonl: (created) => [created.object] },
}

/** The ID alone, for scripts that go on with it. */
function idView(created: CreatedObject): string {
  return sanitiseLine(String(created.object['ID']))
}
