import type { Algorithms } from 'ssh2'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { algorithmsOf, withinTheLibrary, type AlgorithmFamily } from './algorithms.ts'
import type { HostSettings } from './host-settings.ts'

/** What to offer a server for the key exchange and for what follows, in order of preference. */
export function lineAlgorithms(settings: HostSettings, hostKeys: readonly string[]): Algorithms {
  const { login, alias } = settings
  const { kex, cipher, mac } = login.algorithms
  const chosen = {
    kex: offered({ keyword: 'KexAlgorithms', family: 'kex', value: kex }, alias),
    cipher: offered({ keyword: 'Ciphers', family: 'cipher', value: cipher }, alias),
    hmac: offered({ keyword: 'MACs', family: 'mac', value: mac }, alias),
    serverHostKey: hostKeys.length > 0 ? hostKeys : none('HostKeyAlgorithms', { family: 'key', alias }),
    compress: login.compression ? ['zlib@openssh.com', 'none'] : ['none', 'zlib@openssh.com'],
  }
  // The types of the library name what it has; ours come from the same names.
  return chosen as unknown as Algorithms
}

function offered(
  of: { readonly keyword: string; readonly family: AlgorithmFamily; readonly value: string | undefined },
  alias: string,
): string[] {
  const names = withinTheLibrary(algorithmsOf(of.value, of.family), of.family)
  return names.length > 0 ? names : none(of.keyword, { family: of.family, alias })
}

function none(keyword: string, of: { readonly family: AlgorithmFamily; readonly alias: string }): never {
  const usual = withinTheLibrary(algorithmsOf(undefined, of.family), of.family).join(', ')
  throw new ApoctlError(['APO-SSH-CONFIG', `${keyword} leaves ${of.alias} nothing that apoctl can do`], {
    hints: [`Allow one of these for the host: ${usual}`],
  })
}
