import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import type { Theme } from '../theme.ts'

/** A Console that has begun to serve, and how to use it. */
export interface ConsoleServing {
  readonly url: string
  readonly firstStart: boolean
  /** Certificate that clients have to trust. */
  readonly authorityFile: string
  /** App credential of the administrator. */
  readonly credentialFile: string
  /** Profile that names both. */
  readonly profileFile: string
  /** False when somebody made the profile their own; it was left as it is. */
  readonly profileIsOurs: boolean
}

export const consoleServingPresentation: Presentation<ConsoleServing> = {
  kind: 'ConsoleServing',
  exitCode: () => exitCode.ok,
  views: { table: servingView },
}

function servingView(serving: ConsoleServing, theme: Theme): string {
  const { url, firstStart, authorityFile, credentialFile, profileFile, profileIsOurs } = serving
  const choose = profileIsOurs ? 'APOCTL_CONFIG_NAME=local' : `APOCTL_CREDS=${credentialFile}`
  return [
    `${firstStart ? 'Made a new Console; it serves' : 'The Console serves'} at ${theme.bold(url)}`,
    `  authority   ${authorityFile}`,
    `  credential  ${credentialFile} (administrator; keep it secret)`,
    `  profile     ${profileFile}${profileIsOurs ? '' : ' (yours, left as it is)'}`,
    '',
    'Use it from this account:',
    `  ${theme.accent(`export ${choose}`)}`,
    `  ${theme.accent(`apoctl api create namespace -n / --data '{"name": "acme"}'`)}`,
    `  ${theme.accent('apoctl enforcer install linux --host root@HOST --namespace /acme')}`,
    'Stop it with Ctrl-C.',
  ].join('\n')
}
