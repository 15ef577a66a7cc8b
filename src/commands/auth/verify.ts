import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { connectToVerify } from '../../lib/cli/connect-to-verify.ts'
import { verifyToken } from '../../lib/credentials/verify.ts'
import { tokenClaimsPresentation } from '../../lib/output/views/token-claims-view.ts'

export default class AuthVerify extends ApoctlCommand {
  static override readonly summary =
    'Have the Console say who you are: whether your token is valid, and what it claims.'
  static override readonly description =
    'Prints the claims as JSON. Exits 3 when the token is not valid. With --verbose it also says where the ' +
    'Console, the namespace, the credential in use and its private key come from, and what was overridden: ' +
    'a profile is overridden by the environment, and that by flags.'
  static override readonly examples = [
    '<%= config.bin %> auth verify --verbose',
    '<%= config.bin %> auth verify | jq -r .iss',
    '<%= config.bin %> auth verify --token - < token',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...consoleFlags,
    token: {
      ...consoleFlags.token,
      summary: 'Token to verify, or - to read it from standard input.',
    },
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthVerify)
    const context = await this.context(flags)
    const origins = this.originsOf(['api', 'namespace', 'creds', 'token'])
    const console = await connectToVerify({ flags, origins }, context)
    const report = await verifyToken({ console, signal: context.signal })
    await this.present({ report, flags }, tokenClaimsPresentation)
  }
}
