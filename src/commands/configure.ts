import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../lib/cli/base-command.ts'
import { authorityFor, connectToConfigure } from '../lib/cli/connect-to-configure.ts'
import { dryRunFlag, roleFlag } from '../lib/cli/flags/app-credential-flags.ts'
import { consoleFlags } from '../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { keyStores } from '../lib/credentials/keys/store-key.ts'
import { configureProfile } from '../lib/credentials/profiles/configure-profile.ts'
import { configuredProfilePresentation } from '../lib/output/views/configured-profile-view.ts'

export default class Configure extends ApoctlCommand {
  static override readonly summary = 'Make a profile that logs in by itself.'
  static override readonly description =
    'Makes an app credential in the namespace and writes ~/.apoctl/NAME.creds and ~/.apoctl/NAME.yaml, for ' +
    'nobody else to read. Its key is made here and stays here: in the keyring of the operating system where ' +
    'that can be used, else in NAME.creds. Who you are says a token, which is asked for when it is not ' +
    'given, or an app credential. Nothing that exists is replaced without --force.'
  static override readonly examples = [
    '<%= config.bin %> configure -A https://console.example.com -n /acme',
    '<%= config.bin %> configure -A https://console.example.com -n /acme -t - --name preprod < token',
    '<%= config.bin %> configure -A https://console.example.com -n /acme --credential-store file',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    name: Flags.string({ summary: 'Name of the profile.', default: 'default' }),
    role: roleFlag({
      summary: 'What the profile may do; repeatable.',
      multiple: true,
      default: ['@auth:role=namespace.administrator'],
    }),
    'credential-store': Flags.option({ options: keyStores })({
      summary: 'Where the private key is kept; auto is the keyring where it can be used, else the file.',
      default: 'auto',
    }),
    force: Flags.boolean({ summary: 'Replace the profile and its app credential.' }),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Configure)
    const context = await this.context(flags)
    const { name, role, force } = flags
    const place = await connectToConfigure(flags, context)
    const authorityFile = authorityFor(flags, context)
    const store = flags['credential-store']
    const options = { name, roles: role, force, dryRun: flags['dry-run'], store, authorityFile }
    const report = await configureProfile(options, place)
    await this.present({ report, flags }, configuredProfilePresentation)
  }
}
