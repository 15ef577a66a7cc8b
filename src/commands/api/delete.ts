import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { recursiveFlag } from '../../lib/cli/flags/selection-flags.ts'
import { layoutOf } from '../../lib/output/objects/object-format.ts'
import { deleteObject } from '../../lib/queries/delete-object.ts'

export default class ApiDelete extends ApoctlCommand {
  static override readonly summary = 'Delete one object of the Console.'
  static override readonly description =
    'Prints the ID of what was deleted, or all that it was with --output json.'
  static override readonly examples = [
    '<%= config.bin %> api delete namespace /acme/old -n /acme',
    '<%= config.bin %> api delete externalnetwork 6720c9e1f2a4b80001d3c5e7 -n /acme --override',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: namespace, enforcer, …', required: true }),
    idOrName: Args.string({ name: 'id|name', description: 'Its ID or its name.', required: true }),
  }
  static override readonly flags = {
    ...objectFlags,
    ...consoleFlags,
    ...recursiveFlag,
    override: Flags.boolean({ summary: 'Also when it is protected.', aliases: ['force'] }),
    'dry-run': Flags.boolean({ summary: 'Show what would be deleted, and delete nothing.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiDelete)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { recursive, override, 'dry-run': dryRun, column: columns = [] } = flags
    const options = { ...args, namespace, recursive, override, dryRun, columns }
    const object = await deleteObject(options, { console: client, signal: context.signal })
    const layout = layoutOf({ single: true, inFull: columns.length > 0 })
    await this.presentObjects(object, { flags, layout })
  }
}
