import { exitCode } from '../../errors/exit-code.ts'
import type { ObjectCount } from '../../queries/count-objects.ts'
import type { Presentation } from '../presentation.ts'

export const objectCountPresentation: Presentation<ObjectCount> = {
  kind: 'ObjectCount',
  exitCode: () => exitCode.ok,
  views: { table: ({ count }) => String(count) },
}
