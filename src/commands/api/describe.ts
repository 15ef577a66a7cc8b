import { Args, Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import {
  resourceDescriptionPresentation,
  resourceSummaryPresentation,
} from '../../lib/output/views/resource-description-view.ts'
import { describeResource } from '../../lib/queries/describe-resource.ts'

export default class ApiDescribe extends ApoctlCommand {
  static override readonly summary = 'Describe a kind of object: operations, children, attributes.'
  static override readonly description = 'Asks nobody: apoctl knows the API.'
  static override readonly examples = [
    '<%= config.bin %> api describe namespace',
    '<%= config.bin %> api describe pu --full',
    '<%= config.bin %> api describe enforcer -o json',
  ]
  static override readonly args = {
    resource: Args.string({ description: 'Kind of object: enforcer, namespace, pu, …', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    full: Flags.boolean({ summary: 'Also what each attribute is for, and its default.' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ApiDescribe)
    const report = describeResource(args.resource)
    const view = flags.full ? resourceDescriptionPresentation : resourceSummaryPresentation
    await this.present({ report, flags }, view)
  }
}
