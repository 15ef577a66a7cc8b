import type { ServerHostKeyAlgorithm } from 'ssh2'

/**
 * Signature algorithms we accept from hosts, by the type of their key, best first. RSA with SHA-1
 * is left out, as OpenSSH does since 8.8.
 */
const algorithmsByType = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
} as const satisfies Record<string, readonly ServerHostKeyAlgorithm[]>

/** Types of host keys that can be verified at all. */
export const verifiableKeyTypes: readonly string[] = Object.keys(algorithmsByType)

/**
 * The order to ask a server in: types we know a key of first, so that a host with several keys shows
 * the one that can be verified.
 */
export function preferKnownTypes(known: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = Object.entries(algorithmsByType)
  const first = types.filter(([type]) => known.includes(type))
  const rest = types.filter(([type]) => !known.includes(type))
  return [...first, ...rest].flatMap(([, algorithms]) => [...algorithms])
}
