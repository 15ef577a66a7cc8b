import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectForLogin } from '../../lib/cli/connect-for-login.ts'
import { authFlags, foreignTokenFlag, termsOf } from '../../lib/cli/flags/auth-flags.ts'
import { secretInput } from '../../lib/cli/secret-input.ts'
import { logInWith } from '../../lib/credentials/login/issued-token.ts'
import { tokenPresentation } from '../../lib/output/views/issued-token-view.ts'

export default class AuthPcToken extends ApoctlCommand {
  static override readonly summary = 'Get a token for a token of Prisma Cloud.'
  static override readonly examples = ['<%= config.bin %> auth pc-token --token - < prisma-cloud-token']
  static override readonly flags = {
    ...authFlags,
    'prisma-cloud-token': foreignTokenFlag({
      summary: 'The token of Prisma Cloud, or - to read it from standard input. Also written --token.',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AuthPcToken)
    const context = await this.context(flags)
    const question = { text: 'Token of Prisma Cloud', flag: '--token -' }
    const token = await secretInput(flags['prisma-cloud-token'], { question, context })
    const proof = { realm: 'PCIdentityToken', metadata: { token } } as const
    const console = await connectForLogin(flags, { context })
    const report = await logInWith({ proof, terms: termsOf(flags) }, { console, signal: context.signal })
    await this.present({ report, flags }, tokenPresentation(flags))
  }
}
