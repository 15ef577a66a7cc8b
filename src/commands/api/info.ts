import { resolve } from 'node:path'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { connectConsole } from '../../lib/cli/connect-console.ts'
import { consoleFlags } from '../../lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { renderStub } from '../../lib/output/objects/render-stub.ts'

export default class ApiInfo extends ApoctlCommand {
  static override readonly summary = 'Print which Console is used, where in it and as whom, as a profile.'
  static override readonly description = 'Asks nobody. A token is never printed.'
  static override readonly examples = [
    '<%= config.bin %> api info',
    '<%= config.bin %> api info --creds ci.creds -n /acme > ~/.apoctl/acme.yaml',
  ]
  static override readonly flags = { ...outputFlags(['yaml', 'json']), ...consoleFlags }

  async run(): Promise<void> {
    const { flags } = await this.parse(ApiInfo)
    const context = await this.context(flags)
    const { api, namespace } = await connectConsole(flags, context)
    const inFull = (file: string): string => resolve(context.environment.workingDir, file)
    const profile = {
      api,
      namespace,
      ...(flags.creds !== undefined && { creds: inFull(flags.creds) }),
      ...(flags['api-cacert'] !== undefined && { 'api-cacert': inFull(flags['api-cacert']) }),
      ...(flags['api-skip-verify'] && { 'api-skip-verify': true }),
    }
    const format = flags.json ? 'json' : (flags.output ?? 'yaml')
    context.print(await renderStub(profile, { format, indent: 2 }))
  }
}
