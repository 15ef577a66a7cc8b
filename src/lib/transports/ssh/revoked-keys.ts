import { readFile } from 'node:fs/promises'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/**
 * Reads the file of RevokedHostKeys: public keys, one a line. What cannot be read or understood is an
 * error: nobody could tell then whether a key is revoked.
 */
export async function readRevokedKeys(file: string): Promise<(key: Buffer) => boolean> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw unusable(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  })
  if (content.subarray(0, 6).toString('latin1') === 'SSHKRL')
    throw unusable(`${file} is a KRL, which apoctl cannot read; a list of public keys would do`)
  const keys = new Set(
    content
      .toString('utf8')
      .split('\n')
      .filter((line) => !/^\s*(#|$)/.test(line))
      .map((line) => keyOf(line)),
  )
  return (key) => keys.has(key.toString('base64').replace(/=+$/, ''))
}

/** `ssh-ed25519 AAAA… comment`, without the padding. */
function keyOf(line: string): string {
  return line.trim().split(/\s+/)[1]?.replace(/=+$/, '') ?? ''
}

function unusable(what: string): ApoctlError {
  return new ApoctlError(['APO-SSH-CONFIG', `RevokedHostKeys: ${what}`])
}
