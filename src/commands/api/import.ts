import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { labelFlag } from '../../lib/cli/flags/label-flag.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { readImport } from '../../lib/cli/read-import.ts'
import { importPresentation } from '../../lib/output/views/import-view.ts'
import { importObjects } from '../../lib/queries/exchange/import-objects.ts'

export default class ApiImport extends ApoctlCommand {
  static override readonly summary =
    'Import objects into a namespace, in one step, and say what that changes.'
  static override readonly description =
    'What an earlier import with the same label made becomes what the file says: changed, added to, taken away. Everything else is let be. The file is what api export prints, as YAML or JSON, one document or several; everything is checked before anything is sent. Nothing is filled in: render templates before.'
  static override readonly examples = [
    '<%= config.bin %> api import -n /acme -f policies.yaml --dry-run',
    '<%= config.bin %> api import -n /acme -f policies.yaml --label web',
    '<%= config.bin %> api import -n /acme --url https://example.com/policies.yaml',
    'helm template ./policies | <%= config.bin %> api import -n /acme -f -',
    '<%= config.bin %> api import -n /acme --delete --label web',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    ...consoleFlags,
    file: Flags.string({
      char: 'f',
      summary: 'File with an export, or several, as YAML or JSON; - is standard input.',
      helpValue: 'FILE',
      exclusive: ['url'],
    }),
    url: Flags.string({
      summary: 'Fetch the file from this https address, without a login.',
      helpValue: 'URL',
    }),
    label: labelFlag({ summary: 'Instead of the label in the file.' }),
    mode: Flags.option({ options: ['Import', 'ReplacePartial', 'Remove'] as const })({
      summary: 'Remove takes away what the label made; ReplacePartial is the former name of Import.',
      default: 'Import',
    }),
    delete: Flags.boolean({ summary: 'The same as --mode Remove.' }),
    override: Flags.boolean({ summary: 'Also take away what is protected.', aliases: ['force'] }),
    'dry-run': Flags.boolean({
      summary: 'Show what would be created, changed and deleted, and change nothing.',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ApiImport)
    const context = await this.context(flags)
    const { override, 'dry-run': dryRun, file, url, label } = flags
    const mode = flags.delete ? 'Remove' : flags.mode
    const imports = await readImport({ file, url, label, removes: mode === 'Remove' }, context)
    const { client, namespace } = await connectConsole(flags, context)
    const world = { console: client, signal: context.signal, reporter: context.reporter }
    const report = await importObjects({ imports, mode, namespace, override, dryRun }, world)
    await this.present({ report, flags }, importPresentation)
  }
}
