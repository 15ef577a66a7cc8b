import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeSecretFile } from '../../secrets/secret-file.ts'
import { deliverCredential, filesOf, type CredentialTarget } from './credential-target.ts'
import { withPlace, type Renewal, type RenewalPlace } from './renewal-place.ts'

/** Until the file is replaced the new key lies beside it; nothing does where there is no file. */
export function fileRenewal(renewal: Renewal, target: CredentialTarget): RenewalPlace {
  const { id, name, key } = renewal
  const [file] = filesOf(name, target)
  const path = file === undefined ? undefined : join(dirname(file), `${id}.new-key.pem`)
  const remove = async (): Promise<void> => {
    if (path !== undefined) await rm(path, { force: true })
  }
  return {
    secure: async () => {
      if (path !== undefined) await writeSecretFile(path, key)
    },
    deliver: (credential) => deliverCredential(credential, target),
    discard: remove,
    settle: remove,
    rescue: (error) => (path === undefined ? error : withPlace(error, { id, place: path })),
  }
}
