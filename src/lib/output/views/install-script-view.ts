import { exitCode } from '../../errors/exit-code.ts'
import type { InstallScriptReport } from '../../install/linux/write-install-script.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'

export const installScriptPresentation: Presentation<InstallScriptReport> = {
  kind: 'InstallScriptReport',
  exitCode: () => exitCode.ok,
  views: { table: scriptView },
}

function scriptView(report: InstallScriptReport, theme: Theme): string {
  const { file, sizeBytes, version, namespace } = report
  return [
    `Wrote ${theme.bold(file)} (${(sizeBytes / 1_048_576).toFixed(1)} MiB): prisma-enforcer ${version} for ${namespace}.`,
    'Read it, copy it to the host, and run it there as root:',
    `  ${theme.accent('ENFORCERD_TOKEN=... sh installenforcer.sh')}`,
  ].join('\n')
}
