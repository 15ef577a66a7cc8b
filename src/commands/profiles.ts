import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { listProfiles } from '../lib/credentials/profiles/list-profiles.ts'
import { profileListPresentation } from '../lib/output/views/profile-list-view.ts'

export default class Profiles extends ApoctlCommand {
  static override readonly summary = 'List the profiles there are.'
  static override readonly description =
    'A profile is a file ~/.apoctl/NAME.yaml that sets flags such as api, namespace and creds. The current ' +
    'one (*) is used unless APOCTL_CONFIG_NAME selects another by name (>), or --config one by its file. ' +
    'Variables APOCTL_… win over a profile, and flags over both.'
  static override readonly examples = [
    '<%= config.bin %> profiles',
    '<%= config.bin %> profiles -o json',
    '$ APOCTL_CONFIG_NAME=preprod <%= config.bin %> profiles',
  ]
  static override readonly flags = outputFlags(['table', 'json', 'yaml', 'jsonl', 'none'])

  async run(): Promise<void> {
    const { flags } = await this.parse(Profiles)
    const { environment } = await this.context(flags)
    const selectedName = environment.env['APOCTL_CONFIG_NAME']
    const report = await listProfiles({ selectedName }, environment)
    await this.present({ report, flags }, profileListPresentation)
  }
}
