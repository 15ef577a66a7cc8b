import type { TrustSettings } from './trust-settings.ts'

/** The type of key that a signature algorithm is for. */
export function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm
}

/**
 * The order to ask a server in: types we know a key of first, so that a host with several keys shows
 * the one that can be verified. A list that the user has written is left as it is.
 */
export function hostKeyAlgorithms(trust: TrustSettings, knownTypes: readonly string[]): string[] {
  if (!trust.prefersKnown) return [...trust.algorithms]
  const isKnown = (algorithm: string): boolean => knownTypes.includes(keyTypeOf(algorithm))
  return [...trust.algorithms.filter(isKnown), ...trust.algorithms.filter((one) => !isKnown(one))]
}
