import type { ProfileChoice } from '../../credentials/profiles/use-profile.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'

export const profileChoicePresentation: Presentation<ProfileChoice> = {
  kind: 'ProfileChoice',
  exitCode: () => exitCode.ok,
  views: { table: profileChoiceView },
}

function profileChoiceView({ current, overriddenBy }: ProfileChoice): string {
  const chosen = `current profile set to ${current}`
  if (overriddenBy === undefined) return chosen
  return `${chosen}\nin this shell APOCTL_CONFIG_NAME still selects ${overriddenBy}`
}
