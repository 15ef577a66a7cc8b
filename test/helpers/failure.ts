import { ApoctlError } from '../../src/lib/errors/apoctl-error.ts'

/** The error that something fails with; throws when it does not, or with another kind. */
export async function failure(promise: Promise<unknown>): Promise<ApoctlError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (thrown instanceof ApoctlError) return thrown
  throw new Error('an ApoctlError was expected', { cause: thrown })
}
