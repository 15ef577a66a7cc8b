import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { readLoopbackCertificate, type LoopbackCertificate } from '../../secrets/loopback-certificate.ts'
import { readSecretFile, writeSecretFile } from '../../secrets/secret-file.ts'

/** What is kept, and whether it was made just now, so that nobody can trust it yet. */
export interface CallbackCertificate extends LoopbackCertificate {
  readonly isNew: boolean
}

/** A login should not end in the middle because the certificate does. */
const renewBeforeMs = 3_600_000

/**
 * The certificate that browsers meet when they come back over https. It is kept in `dataDir`, mode 0600, so
 * that it has to be trusted once. One that others could read or change, that is damaged, or that has ended is
 * not used but replaced. Throws APO-FILE-WRITE when it cannot be kept.
 */
export async function callbackCertificate(
  dataDir: string,
  world: { readonly nowMs: number },
): Promise<CallbackCertificate> {
  const path = join(dataDir, 'login-certificate.pem')
  const kept = await readKept(path)
  if (kept !== undefined && kept.expiresAtMs - world.nowMs > renewBeforeMs) return { ...kept, isNew: false }
  const { makeLoopbackCertificate } = await import('../../secrets/make-loopback-certificate.ts')
  const made = await makeLoopbackCertificate(world)
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await writeSecretFile(path, made.tlsPem)
  } catch (error) {
    throw new ApoctlError(['APO-FILE-WRITE', `${path} cannot be written`], { cause: error })
  }
  return { ...made, isNew: true }
}

async function readKept(path: string): Promise<LoopbackCertificate | undefined> {
  const reading = await readSecretFile(path)
  if (reading.outcome !== 'read') return undefined
  try {
    return readLoopbackCertificate(reading.content)
  } catch {
    return undefined
  }
}
