import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { resourceListPresentation } from '../../lib/output/views/resource-list-view.ts'
import { listResources } from '../../lib/queries/list-resources.ts'

export default class ApiAll extends ApoctlCommand {
  static override readonly summary = 'Print every kind of object, on one line.'
  static override readonly description = 'Asks nobody: apoctl knows the API.'
  static override readonly examples = ['<%= config.bin %> api all', '<%= config.bin %> api all -o json']
  static override readonly flags = outputFlags(['table', 'json', 'yaml', 'jsonl', 'none'])

  async run(): Promise<void> {
    const { flags } = await this.parse(ApiAll)
    await this.present({ report: listResources(), flags }, resourceListPresentation)
  }
}
