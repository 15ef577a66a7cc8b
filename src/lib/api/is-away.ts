import { ApoctlError } from '../errors/apoctl-error.ts'

const away: ReadonlySet<string> = new Set(['APO-API-UNREACHABLE', 'APO-API-TIMEOUT', 'APO-API-UNAVAILABLE'])

/** An error that says that the Console cannot be asked now, which may be otherwise in a while. */
export function isAway(error: unknown): error is ApoctlError {
  return error instanceof ApoctlError && away.has(error.code)
}
