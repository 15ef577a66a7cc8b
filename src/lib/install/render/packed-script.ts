import { gzipSync } from 'node:zlib'
import type { InstallScript } from './install-script.ts'

/** Base64 as mail has it: no reader stumbles over a line that is too long. */
const lineLength = 76

/**
 * A script as text that no engine could take for something of its own: compressed, in base64. Lines,
 * without line breaks.
 */
export function packedScript({ text, payload }: InstallScript): readonly string[] {
  const packed = gzipSync(Buffer.concat([text, ...payload]), { level: 9 }).toString('base64')
  return packed.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
}
