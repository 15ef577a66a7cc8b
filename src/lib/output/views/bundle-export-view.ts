import { exitCode } from '../../errors/exit-code.ts'
import type { BundleExportReport } from '../../install/bundle/export-bundle.ts'
import { mebibytes } from '../../progress/mebibytes.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'

export const bundleExportPresentation: Presentation<BundleExportReport> = {
  kind: 'BundleExportReport',
  exitCode: () => exitCode.ok,
  views: { table: exportView },
}

function exportView(report: BundleExportReport, theme: Theme): string {
  const { file, sizeBytes, sha256, version, platforms } = report
  return [
    `Wrote ${theme.bold(file)} (${mebibytes(sizeBytes)}): prisma-enforcer ${version} for ${platforms.join(', ')}.`,
    `  SHA-256 ${sha256}`,
    'Carry it over, and install from it:',
    `  ${theme.accent(`apoctl enforcer install linux --bundle ${file} …`)}`,
  ].join('\n')
}
