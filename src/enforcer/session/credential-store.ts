import { chmod, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseAppCredentialFile } from '../../contract/app-credential-file.ts'
import { enforcerConfigurationKeys } from '../../contract/enforcer-paths.ts'
import { ApoctlError } from '../../lib/errors/apoctl-error.ts'
import {
  printLoginCredential,
  toLoginCredential,
  type LoginCredential,
} from '../../lib/api/login-credential.ts'
import { readSecretFile, writeSecretFile, type SecretFileReading } from '../../lib/secrets/secret-file.ts'
import { Secret } from '../../lib/secrets/secret.ts'
import { withoutKeys } from '../config/configuration-file.ts'

/** The enforcer's own app credential on disk, or undefined when there is none yet. */
export async function loadCredential(path: string): Promise<LoginCredential | undefined> {
  const reading = await readNarrowed(path)
  switch (reading.outcome) {
    case 'missing':
      return undefined
    case 'read':
      return parseCredential(reading.content, path)
    case 'exposed':
    case 'unreadable':
      throw new ApoctlError(['APO-ENFORCER-CONFIG', `${path} cannot be read safely (${reading.outcome})`])
    default:
      return reading satisfies never
  }
}

export async function saveCredential(path: string, credential: LoginCredential): Promise<void> {
  await keep(path, printLoginCredential(credential))
}

/** Writes a file of the enforcer's state, making its folder when need be. Rejects with APO-ENFORCER-STATE. */
export async function keep(path: string, content: Secret): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeSecretFile(path, content)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ApoctlError(['APO-ENFORCER-STATE', `${path} cannot be written: ${why}`], { cause: error })
  }
}

/**
 * Removes the registration token from the configuration: it has done its work, and it is worth more to
 * a thief than to us. True when there was one.
 */
export async function forgetToken(configurationFile: string): Promise<boolean> {
  const text = await readFile(configurationFile, 'utf8')
  const without = withoutKeys(text, [enforcerConfigurationKeys.token, 'CNS_AGENT_TOKEN'])
  if (without === text) return false
  await keep(configurationFile, new Secret(without))
  return true
}

/** Somebody put the file there with wider permissions: we are its owner, so they are narrowed at once. */
async function readNarrowed(path: string): Promise<SecretFileReading> {
  const reading = await readSecretFile(path)
  if (reading.outcome !== 'exposed') return reading
  await chmod(path, 0o600)
  return readSecretFile(path)
}

function parseCredential(content: Secret, path: string): LoginCredential {
  const file = parseAppCredentialFile(content.reveal())
  if (file.ok) return toLoginCredential(file.value)
  throw new ApoctlError(['APO-ENFORCER-CONFIG', `${path} is no app credential: ${file.problem}`])
}
