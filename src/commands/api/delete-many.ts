import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { confirmCount } from '../../lib/cli/confirm-count.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { selectionFlags } from '../../lib/cli/flags/selection-flags.ts'
import { layoutOf } from '../../lib/output/objects/object-format.ts'
import { deleteMany } from '../../lib/queries/delete-many.ts'

export default class ApiDeleteMany extends ApoctlCommand {
  static override readonly summary = 'Delete every object that matches.'
  static override readonly description =
    'Without --confirm it says how many there are; on a terminal you are asked to type that number. Goes on when the Console keeps one, and exits with 5.'
  static override readonly examples = [
    `<%= config.bin %> api delete-many enforcers -n /acme -r -f 'operationalStatus == Disconnected' --dry-run`,
    `<%= config.bin %> api delete-many externalnetworks -n /acme -f 'associatedTags contains team=old' --confirm`,
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcers, namespaces, …', required: true }),
  }
  static override readonly flags = {
    ...objectFlags,
    ...consoleFlags,
    ...selectionFlags,
    override: Flags.boolean({ summary: 'Also those that are protected.', aliases: ['force'] }),
    confirm: Flags.boolean({ summary: 'Delete them without asking.' }),
    'dry-run': Flags.boolean({ summary: 'Show what would be deleted, and delete nothing.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiDeleteMany)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { recursive, filter, override, 'dry-run': dryRun, column: columns = [] } = flags
    const world = { console: client, signal: context.signal, reporter: context.reporter }
    const confirm = confirmCount({ given: flags.confirm || dryRun, namespace }, context)
    const options = { ...args, namespace, recursive, filter, override, dryRun, columns, confirm }
    const objects = await deleteMany(options, world)
    const layout = layoutOf({ single: false, inFull: dryRun || columns.length > 0 })
    await this.presentObjects(objects, { flags, layout })
  }
}
