import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'

const ownKey = 'build/keys/enforcer-signing-key.pem'

/** The ed25519 key that signs manifests: the given one, or one made at the first build and kept. */
export async function openSigningKey(file) {
  if (file === undefined && !existsSync(ownKey)) {
    const { privateKey } = generateKeyPairSync('ed25519')
    await mkdir('build/keys', { recursive: true, mode: 0o700 })
    await writeFile(ownKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  }
  const key = createPrivateKey(await readFile(file ?? ownKey))
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is no ed25519 key`)
  return {
    publicPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }),
    sign: (bytes) => sign(null, bytes, key),
  }
}
