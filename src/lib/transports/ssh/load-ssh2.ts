import type library from 'ssh2'

export type Ssh2 = typeof library

/** Loads the SSH library; it takes a while, so only when the first connection is made. */
export async function loadSsh2(): Promise<Ssh2> {
  return (await import('ssh2')).default
}
