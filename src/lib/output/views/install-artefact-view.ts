import { exitCode } from '../../errors/exit-code.ts'
import type { InstallArtefactReport } from '../../install/render/render-install.ts'
import { mebibytes } from '../../progress/mebibytes.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'

export const installArtefactPresentation: Presentation<InstallArtefactReport> = {
  kind: 'InstallArtefactReport',
  exitCode: () => exitCode.ok,
  views: { table: artefactView },
}

function artefactView(report: InstallArtefactReport, theme: Theme): string {
  const { files, version, namespace, engine, next, tokenExpiresAt } = report
  const wrote = files.map(({ file, sizeBytes, isSecret }) => {
    const secret = isSecret ? `, ${theme.warn('secret')}: mode 0600` : ''
    return `  ${theme.bold(file)} (${sizeOf(sizeBytes)}${secret})`
  })
  const token =
    tokenExpiresAt === undefined
      ? []
      : [
          `It carries a token that is good for registering enforcers in ${namespace}, until ${tokenExpiresAt}.`,
          'Whoever may read the user data of a machine can use it as long.',
        ]
  const whose = engine === 'script' ? 'as a script' : `for ${engine}`
  return [
    `Wrote the installation of prisma-enforcer ${version} in ${namespace} ${whose}:`,
    ...wrote,
    ...token,
    'Next:',
    ...next.map((command) => `  ${theme.accent(command)}`),
  ].join('\n')
}

function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${(bytes / 1024).toFixed(1)} KiB` : mebibytes(bytes)
}
