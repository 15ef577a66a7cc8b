import { join, resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { announceConsole, noteToEvent } from '../../lib/cli/announce-console.ts'
import { consoleUnit } from '../../lib/cli/console-unit.ts'
import { cloudFlags, cloudOptionsOf, cloudWords } from '../../lib/cli/flags/cloud-flags.ts'
import { listenFlag, publicUrlFlag } from '../../lib/cli/flags/listen-flag.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { packagesFlag, packagesFolderOf, packagesWords } from '../../lib/cli/flags/packages-flag.ts'
import { trafficFlags, trafficOf, trafficWords } from '../../lib/cli/flags/traffic-flags.ts'
import { serveUntilStopped } from '../../lib/cli/serve-until-stopped.ts'
import { consoleServingPresentation } from '../../lib/output/views/console-serving-view.ts'

export default class ConsoleServe extends ApoctlCommand {
  static override readonly summary = 'Run the embedded Microsegmentation Console.'
  static override readonly description =
    'Serves the API of the Console over TLS until it is stopped. The first start makes an authority, a ' +
    'certificate, the root namespace and the credential of an administrator, says how to use them, and ' +
    'writes the profile "local". What it acknowledged survives kill -9 and loss of power. Who asks for more ' +
    'than one client may is told to come back (429, Retry-After), and the journal says so once a minute. A ' +
    'client is whoever a token speaks for; only without one it is the address, which behind a proxy is that of ' +
    'all. 2,000 enforcers behind one address stay below the usual limits.'
  static override readonly examples = [
    '<%= config.bin %> console serve',
    '<%= config.bin %> console serve --listen 0.0.0.0:4443 --public-url https://console.example.com:4443',
    '<%= config.bin %> console serve --print-unit > /etc/systemd/system/apoctl-console.service',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    listen: listenFlag({
      summary: 'Address and port to listen on.',
      default: { host: '127.0.0.1', port: 4443 },
      defaultHelp: () => Promise.resolve('127.0.0.1:4443'),
    }),
    'data-dir': Flags.string({
      summary: 'Where it keeps its data. Default: ~/.apoctl/console.',
      helpValue: 'FOLDER',
    }),
    'public-url': publicUrlFlag({
      summary: 'How clients reach it, when that is not the address it listens on.',
    }),
    ...packagesFlag,
    ...cloudFlags,
    ...trafficFlags,
    'print-unit': Flags.boolean({ summary: 'Print a systemd unit that runs it with these flags, and stop.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ConsoleServe)
    const context = await this.context(flags)
    const { dataDir: home, workingDir } = context.environment
    const dataDir = resolve(workingDir, flags['data-dir'] ?? join(home, 'console'))
    const place = { listen: flags.listen, dataDir, publicUrl: flags['public-url'] }
    if (flags['print-unit']) {
      const words = [...packagesWords(flags, context), ...cloudWords(flags, context), ...trafficWords(flags)]
      context.print(consoleUnit({ ...place, words }, context.environment))
      return
    }
    const { startConsole } = await import('../../console/start-console.ts')
    const packagesFolder = packagesFolderOf(flags, context)
    const world = { clock: context.clock, note: noteToEvent(context.reporter) }
    const announce = async (console: Parameters<typeof announceConsole>[0]): Promise<void> =>
      this.present({ report: await announceConsole(console, home), flags }, consoleServingPresentation)
    const more = { packagesFolder, clouds: await cloudOptionsOf(flags, context), traffic: trafficOf(flags) }
    await serveUntilStopped({ start: () => startConsole({ ...place, ...more }, world), announce }, context)
  }
}
