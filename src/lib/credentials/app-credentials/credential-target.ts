import { access, constants } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LoginCredential } from '../../api/login-credential.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { Secret } from '../../secrets/secret.ts'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import { certificateFileNames, printCredential, type CredentialForm } from './credential-form.ts'

/** Where a certified key goes: into files, or back to the caller as text. */
export interface CredentialTarget {
  readonly form: CredentialForm
  /** A file; of form `cert` the folder for the two. Absent: the text is the result, or `workingDir` the folder. */
  readonly out?: string | undefined
  readonly workingDir: string
}

/** What was handed over: files of mode 0600, or the text itself. */
export interface DeliveredCredential {
  readonly files: readonly string[]
  /** The credential with its private key, when it is not in a file. */
  readonly document?: string
}

/** The files that a credential of that name will be in; none when it is given back as text. */
export function filesOf(name: string, target: CredentialTarget): readonly string[] {
  if (target.form !== 'cert') return target.out === undefined ? [] : [target.out]
  const folder = target.out ?? target.workingDir
  const { certificate, key } = certificateFileNames(name)
  return [join(folder, certificate), join(folder, key)]
}

/**
 * Makes sure, before a Console is asked for anything, that the files can be written. Throws
 * APO-FILE-EXISTS for one that is there and may not be replaced, APO-FILE-WRITE for a folder that is not.
 */
export async function checkTarget(
  files: readonly string[],
  allowed: { readonly toReplace: boolean },
): Promise<void> {
  for (const file of files) {
    if (!allowed.toReplace && (await isThere(file)))
      throw new ApoctlError(['APO-FILE-EXISTS', `${file} is there already, and a key is never overwritten`])
    await access(dirname(file), constants.W_OK).catch((error: unknown) => {
      throw new ApoctlError(['APO-FILE-WRITE', `nothing can be written to ${dirname(file)}`], {
        cause: error,
      })
    })
  }
}

/** Hands a credential over. Throws APO-FILE-WRITE when a file cannot be written. */
export async function deliverCredential(
  credential: LoginCredential,
  target: CredentialTarget,
): Promise<DeliveredCredential> {
  const files = filesOf(credential.name, target)
  const [first, second] = files
  if (target.form !== 'cert') {
    const text = await printCredential(credential, target.form)
    if (first === undefined) return { files, document: text.reveal().trimEnd() }
    await writeCredential(first, text)
    return { files }
  }
  // The key first: a certificate without its key is of no use to anybody.
  if (second !== undefined) await writeCredential(second, credential.privateKeyPem)
  if (first !== undefined) await writeCredential(first, new Secret(credential.certificatePem))
  return { files }
}

/** Writes a file of mode 0600 in one move. Throws APO-FILE-WRITE. */
export async function writeCredential(file: string, content: Secret): Promise<void> {
  await writeSecretFile(file, content).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new ApoctlError(['APO-FILE-WRITE', `${file} cannot be written (${code})`], { cause: error })
  })
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
