import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { labelFlag } from '../../lib/cli/flags/label-flag.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { readBaseExport } from '../../lib/cli/read-base-export.ts'
import { renderExport } from '../../lib/output/objects/render-export.ts'
import { exportObjects } from '../../lib/queries/exchange/export-objects.ts'

export default class ApiExport extends ApoctlCommand {
  static override readonly strict = false
  static override readonly usage = 'api export [KIND…]'
  static override readonly summary = 'Print objects of a namespace as a file that can be imported elsewhere.'
  static override readonly description =
    'Without a KIND, every kind that can be imported. An export does not say where an object was, so the namespaces below are not part of it.'
  static override readonly examples = [
    '<%= config.bin %> api export -n /acme > acme.yaml',
    '<%= config.bin %> api export externalnetworks netsets -n /acme --label web -o json',
    `<%= config.bin %> api export extnets -n /acme --filter 'associatedTags contains team=web'`,
    '<%= config.bin %> api export netsets -n /acme/other --base acme.yaml > both.yaml',
  ]
  static override readonly flags = {
    ...outputFlags(['yaml', 'json']),
    ...consoleFlags,
    label: labelFlag({ summary: 'What an import of the file is known by; made up when not given.' }),
    filter: Flags.string({
      char: 'f',
      summary: 'Only objects that match, in the language of the Console.',
      helpValue: 'EXPRESSION',
    }),
    base: Flags.string({
      summary: 'An earlier export to add to; its label is kept, and objects of the same name are replaced.',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ApiExport)
    const context = await this.context(flags)
    const { label, filter } = flags
    const base = flags.base === undefined ? undefined : await readBaseExport(flags.base, context)
    const { client, namespace } = await connectConsole(flags, context)
    const world = { console: client, ...context, random: Math.random }
    const options = { resources: argv.map(String), label, filter, namespace, base }
    const document = await exportObjects(options, world)
    const format = flags.json ? 'json' : (flags.output ?? 'yaml')
    context.print(await renderExport(document, format))
  }
}
