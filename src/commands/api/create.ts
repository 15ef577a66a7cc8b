import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { newDrafts } from '../../lib/cli/new-drafts.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { draftFlags } from '../../lib/cli/flags/draft-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { layoutOf } from '../../lib/output/objects/object-format.ts'
import { createObjects } from '../../lib/queries/create-objects.ts'

export default class ApiCreate extends ApoctlCommand {
  static override readonly summary = 'Create objects on the Console.'
  static override readonly description =
    'Prints the ID of each new object, or all of it with --output json. Everything is checked before anything is sent.'
  static override readonly examples = [
    `<%= config.bin %> api create namespace -n / -k name acme -k description 'All of Acme'`,
    `<%= config.bin %> api create ns -n /acme -d '{"name": "production"}' -o json`,
    '<%= config.bin %> api create externalnetworks -n /acme -f networks.yaml --dry-run',
    '<%= config.bin %> api create namespace -n / -i',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: namespace, appcredential, …', required: true }),
  }
  static override readonly flags = { ...objectFlags, ...consoleFlags, ...draftFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiCreate)
    const context = await this.context(flags)
    const drafts = await newDrafts({ ...args, flags }, context)
    const { client, namespace } = await connectConsole(flags, context)
    const { column: columns = [], 'dry-run': dryRun } = flags
    const world = { console: client, signal: context.signal, reporter: context.reporter }
    const objects = createObjects({ ...args, namespace, drafts, columns, dryRun }, world)
    const layout = layoutOf({ single: drafts.length === 1, inFull: dryRun || columns.length > 0 })
    await this.presentObjects(objects, { flags, layout })
  }
}
