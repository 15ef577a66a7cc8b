import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { renderStub } from '../../lib/output/objects/render-stub.ts'
import { resourceFor } from '../../lib/queries/resource.ts'
import { stubOf } from '../../lib/queries/stub-resource.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'

export default class ApiStub extends ApoctlCommand {
  static override readonly summary =
    'Print an object to start from: every attribute you may set, at its default.'
  static override readonly description = 'Asks nobody: apoctl knows the API.'
  static override readonly examples = [
    '<%= config.bin %> api stub namespace > namespace.yaml',
    '<%= config.bin %> api stub appcred -o json --indent 4',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: namespace, appcredential, …', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['yaml', 'json']),
    indent: Flags.integer({ summary: 'Spaces to indent by.', helpValue: 'N', default: 2, min: 1, max: 8 }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiStub)
    const context = await this.context(flags)
    const stub = stubOf(resourceFor(args.resource, 'create'))
    const format = flags.json ? 'json' : (flags.output ?? 'yaml')
    context.print(await renderStub(stub, { format, indent: flags.indent }))
  }
}
