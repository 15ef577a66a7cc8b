import { join } from 'node:path'
import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { labUp } from '../../lib/lab/lab-up.ts'
import { createThisMachine } from '../../lib/lab/machine/this-machine.ts'
import { labUpPresentation } from '../../lib/output/views/lab-up-view.ts'

export default class LabUp extends ApoctlCommand {
  static override readonly summary = 'Boot throw-away Linux hosts on this machine to try things on.'
  static override readonly description =
    'Each host is a container with its own systemd, SSH server and address, on a bridge of its own. ' +
    'Nothing else of this machine is touched, and `lab down` removes it all. Hosts share the kernel of ' +
    'this machine and have no way to the internet: root on a host is as good as root here. ' +
    'The first run builds an image (about half a minute); after that a host takes about a second. ' +
    'Run again, it brings the lab to what is asked for. Needs root and Linux.'
  static override readonly examples = [
    '<%= config.bin %> lab up',
    '<%= config.bin %> lab up --hosts 10 --install-tools',
    '<%= config.bin %> lab up --name other --subnet 10.201.7.0/24 --suite trixie',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
    hosts: Flags.integer({ summary: 'How many hosts the lab shall have.', default: 3, min: 1, max: 200 }),
    name: Flags.string({ summary: 'Name of the lab; a machine can carry several.', default: 'default' }),
    suite: Flags.string({ summary: 'Debian release by code name; bookworm for a new lab.' }),
    subnet: Flags.string({
      summary: 'Network of the lab; 10.77.0.0/24 for a new one.',
      helpValue: 'CIDR',
    }),
    'disk-size': Flags.integer({
      summary: 'Give every host a disk of this many MiB, in memory.',
      helpValue: 'MIB',
      min: 1,
    }),
    mirror: Flags.string({ summary: 'Package mirror to build the image from.', helpValue: 'URL' }),
    'install-tools': Flags.boolean({ summary: 'Install missing tools on this machine with apt-get.' }),
    'dry-run': Flags.boolean({ summary: 'Say what would be done, and do nothing.' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(LabUp)
    const context = await this.context(flags)
    const options = {
      name: flags.name,
      dataDirectory: join(context.environment.dataDir, 'lab'),
      hosts: flags.hosts,
      suite: flags.suite,
      subnet: flags.subnet,
      diskMiB: flags['disk-size'],
      mirror: flags.mirror,
      installTools: flags['install-tools'],
      dryRun: flags['dry-run'],
    }
    const machine = createThisMachine(context.environment.env)
    const report = await labUp(options, { ...context, machine })
    await this.present({ report, flags }, labUpPresentation)
  }
}
