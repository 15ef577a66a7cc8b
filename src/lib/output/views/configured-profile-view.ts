import type { ConfiguredProfile } from '../../credentials/profiles/configure-profile.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'

export const configuredProfilePresentation: Presentation<ConfiguredProfile> = {
  kind: 'ConfiguredProfile',
  exitCode: () => exitCode.ok,
  views: { table: configuredView },
}

const placeWords = {
  auto: 'the keyring where that can be used, else in the credential file',
  keyring: 'the keyring',
  file: 'the credential file',
}

function configuredView(report: ConfiguredProfile): string {
  const { profile, appCredential, namespace, file, credentialFile } = report
  if (!report.dryRun) return `apoctl profile '${profile}' successfully configured`
  const what = `app credential ${sanitiseLine(appCredential.name)} in ${sanitiseLine(namespace)}`
  return [
    `would make ${what} with ${appCredential.roles.join(', ')}`,
    `would write ${credentialFile}`,
    `would keep the private key in ${placeWords[report.credentialStore]}`,
    `would write ${file}`,
  ].join('\n')
}
