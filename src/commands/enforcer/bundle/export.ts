import { Flags } from '@oclif/core'
import { enforcerPlatforms } from '../../../contract/enforcer-bundle.ts'
import { ApoctlCommand } from '../../../lib/cli/base-command.ts'
import { bundleFlags, bundleShelf } from '../../../lib/cli/flags/bundle-flags.ts'
import { outputFlags } from '../../../lib/cli/flags/output-flags.ts'
import { exportBundle } from '../../../lib/install/bundle/export-bundle.ts'
import { bundleExportPresentation } from '../../../lib/output/views/bundle-export-view.ts'

export default class EnforcerBundleExport extends ApoctlCommand {
  static override readonly summary =
    'Write the enforcer bundle into one file, for machines without a network.'
  static override readonly description =
    'Checks the bundle, as an installation does, and writes manifest, signature, layers, public key and a ' +
    'README into a plain tar. enforcer install linux --bundle takes that file as it is. The same bundle ' +
    'gives the same bytes. A file that is there is never overwritten.'
  static override readonly examples = [
    '<%= config.bin %> enforcer bundle export',
    '<%= config.bin %> enforcer bundle export --platform linux-arm64 --output-file /media/usb/enforcer.tar',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'none']),
    ...bundleFlags,
    platform: Flags.option({ options: [...enforcerPlatforms, 'all'] as const })({
      summary: 'Which machines it is for; all are those that the bundle has.',
      default: 'all' as const,
    }),
    'output-file': Flags.string({
      summary: 'The file to write, instead of prisma-enforcer-VERSION-PLATFORM.tar here.',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(EnforcerBundleExport)
    const context = await this.context(flags)
    const { platform, 'output-file': file } = flags
    const { workingDir } = context.environment
    const shelf = bundleShelf(flags, context)
    const report = await exportBundle({ shelf, platform, file, workingDir }, context)
    await this.present({ report, flags }, bundleExportPresentation)
  }
}
