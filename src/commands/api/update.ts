import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { draftFlags } from '../../lib/cli/flags/draft-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { recursiveFlag } from '../../lib/cli/flags/selection-flags.ts'
import { readChange } from '../../lib/cli/read-change.ts'
import { layoutOf } from '../../lib/output/objects/object-format.ts'
import { updateObject } from '../../lib/queries/update-object.ts'

export default class ApiUpdate extends ApoctlCommand {
  static override readonly summary = 'Change an object of the Console.'
  static override readonly description =
    'Only what is given changes, and each change is told; what is so already is not sent.'
  static override readonly examples = [
    `<%= config.bin %> api update namespace /acme -n / -k description 'All of Acme'`,
    `<%= config.bin %> api update enforcer web1 -n /acme -r -d '{"logLevel": "Debug"}' --dry-run`,
    '<%= config.bin %> api update appcred ci -n /acme -i',
    '<%= config.bin %> api get ns /acme -o yaml | sed s/Old/New/ | <%= config.bin %> api update ns /acme -f -',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: namespace, enforcer, …', required: true }),
    idOrName: Args.string({ name: 'id|name', description: 'Its ID or its name.', required: true }),
  }
  static override readonly flags = { ...objectFlags, ...consoleFlags, ...draftFlags, ...recursiveFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiUpdate)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { column: columns = [], 'dry-run': dryRun } = flags
    const world = { console: client, signal: context.signal, reporter: context.reporter }
    const change = await readChange({ ...args, namespace, flags }, { ...context, ...world })
    const object = await updateObject({ ...change, columns, dryRun }, world)
    const layout = layoutOf({ single: true, inFull: columns.length > 0 })
    await this.presentObjects(object, { flags, layout })
  }
}
