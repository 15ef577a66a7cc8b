import { ApoctlError } from '../../errors/apoctl-error.ts'

/** How much an engine takes, and what it is that it takes so much of. */
export interface EngineLimit {
  readonly sizeBytes: number
  readonly of: string
}

/** User data of EC2, before it is put into base64; other clouds take more. */
export const userDataLimit: EngineLimit = { sizeBytes: 16_384, of: 'user data of EC2' }

/** The same text, when the engine takes it. Throws APO-INSTALL-TOO-LARGE. */
export function withinLimit(text: string, limit: EngineLimit): string {
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes <= limit.sizeBytes) return text
  throw new ApoctlError(
    [
      'APO-INSTALL-TOO-LARGE',
      `this comes to ${sizeBytes} bytes, and ${limit.of} may have ${limit.sizeBytes}`,
    ],
    {
      hints: [
        'Give fewer authorities with --api-cacert, fewer --tag, or use --render ansible, which has no limit.',
      ],
    },
  )
}
