import { ApoctlError } from '../../../errors/apoctl-error.ts'

/** Something that ssh would refuse, too. `place` is where it stands: `~/.ssh/config:12`, or a flag. */
export function configError(place: string, problem: string): ApoctlError {
  return new ApoctlError(['APO-SSH-CONFIG', `${place}: ${problem}`])
}
