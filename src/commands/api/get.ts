import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { objectFlags } from '../../lib/cli/flags/object-flags.ts'
import { recursiveFlag } from '../../lib/cli/flags/selection-flags.ts'
import { getObject } from '../../lib/queries/get-object.ts'

export default class ApiGet extends ApoctlCommand {
  static override readonly summary = 'Show one object of the Console.'
  static override readonly description =
    '24 hexadecimal digits are an ID first, and a name if no object has that ID. Several objects of one name are an error that lists them.'
  static override readonly examples = [
    '<%= config.bin %> api get namespace /acme/production',
    '<%= config.bin %> api get enforcer web1 -n /acme -r -o yaml',
    '<%= config.bin %> api get enforcer 6720c9e1f2a4b80001d3c5e7 --json=name,operationalStatus',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcer, namespace, pu, …', required: true }),
    idOrName: Args.string({ name: 'id|name', description: 'Its ID or its name.', required: true }),
  }
  static override readonly flags = { ...objectFlags, ...consoleFlags, ...recursiveFlag }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiGet)
    const context = await this.context(flags)
    const { client, namespace } = await connectConsole(flags, context)
    const { recursive, column: columns = [] } = flags
    const options = { ...args, namespace, recursive, columns }
    const object = await getObject(options, { console: client, signal: context.signal })
    await this.presentObjects(object, { flags, layout: 'one' })
  }
}
