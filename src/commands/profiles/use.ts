import { Args } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { useProfile } from '../../lib/credentials/profiles/use-profile.ts'
import { profileChoicePresentation } from '../../lib/output/views/profile-choice-view.ts'

export default class ProfilesUse extends ApoctlCommand {
  static override readonly summary = 'Make a profile the current one.'
  static override readonly description =
    'Written "profiles set" as well. The choice is kept in ~/.apoctl/current-profile.'
  static override readonly examples = ['<%= config.bin %> profiles use preprod']
  static override readonly args = {
    name: Args.string({ description: 'Name of the profile.', required: true }),
  }
  static override readonly flags = outputFlags(['table', 'json', 'yaml', 'jsonl', 'none'])

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ProfilesUse)
    const { environment } = await this.context(flags)
    const options = { name: args.name, selectedName: environment.env['APOCTL_CONFIG_NAME'] }
    const report = await useProfile(options, environment)
    await this.present({ report, flags }, profileChoicePresentation)
  }
}
