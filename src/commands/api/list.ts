import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { pagingFlags, propagatedFlag, selectionFlags } from '../../lib/cli/flags/selection-flags.ts'
import { wantsWholeObjects } from '../../lib/output/objects/object-format.ts'
import { listObjects } from '../../lib/queries/list-objects.ts'

export default class ApiList extends ApoctlCommand {
  static override readonly summary = 'List objects of the Console.'
  static override readonly description =
    'Objects are shown as they come. JSON is a bare array of them, as the Console sends it.'
  static override readonly examples = [
    '<%= config.bin %> api list enforcers --namespace /acme --recursive',
    `<%= config.bin %> api list enforcers --filter 'operationalStatus == "Disconnected"' -c name,lastSyncTime`,
    '<%= config.bin %> api list ns --json=name,ID',
    `<%= config.bin %> api list pus -r -o jsonl --jq 'select(.enforcementStatus == "Failed") | .name'`,
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcers, namespaces, pu, …', required: true }),
  }
  static override readonly flags = {
    ...objectFlags,
    ...consoleFlags,
    ...selectionFlags,
    ...propagatedFlag,
    ...pagingFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiList)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { column: columns = [], recursive, propagated, filter, page } = flags
    const { order = [], 'page-size': pageSize } = flags
    const which = { recursive, propagated, filter, order, page, pageSize }
    const options = { ...args, ...which, namespace, columns, whole: wantsWholeObjects(flags) }
    const objects = listObjects(options, { console: client, signal: context.signal })
    await this.presentObjects(objects, { flags, layout: 'list' })
  }
}
