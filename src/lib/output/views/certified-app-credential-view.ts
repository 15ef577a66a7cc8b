import type { CertifiedAppCredential } from '../../credentials/app-credentials/create-app-credential.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'

export const certifiedAppCredentialPresentation: Presentation<CertifiedAppCredential> = {
  kind: 'CertifiedAppCredential',
  exitCode: () => exitCode.ok,
  views: { table: certifiedView },
}

/** The credential alone, for a file or the next program; or where it was written. */
function certifiedView(report: CertifiedAppCredential): string {
  if (report.document !== undefined) return report.document
  const place = report.files.length === 0 ? 'standard output' : report.files.join(' and ')
  const what = `app credential ${sanitiseLine(report.name)} in ${sanitiseLine(report.namespace)}`
  const verb = { create: 'make', renew: 'renew' }[report.action]
  if (report.dryRun) return `would ${verb} ${what} and write it to ${place}`
  return `${verb === 'make' ? 'made' : 'renewed'} ${what}: ${place}`
}
