import { exitCode } from '../../errors/exit-code.ts'
import type { ResourceList } from '../../queries/list-resources.ts'
import type { Presentation } from '../presentation.ts'

export const resourceListPresentation: Presentation<ResourceList> = {
  kind: 'ResourceList',
  exitCode: () => exitCode.ok,
  // On one line, as scripts for completion have always read it.
  views: {
    table: ({ resources }) => resources.map(({ resource }) => resource).join(' '),
    jsonl: ({ resources }) => resources,
  },
}
