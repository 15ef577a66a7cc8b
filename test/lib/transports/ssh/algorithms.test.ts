import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import {
  algorithmsOf,
  withinTheLibrary,
  type AlgorithmFamily,
} from '../../../../src/lib/transports/ssh/algorithms.ts'

interface Constants {
  readonly SUPPORTED_KEX: readonly string[]
  readonly SUPPORTED_CIPHER: readonly string[]
  readonly SUPPORTED_MAC: readonly string[]
  readonly SUPPORTED_SERVER_HOST_KEY: readonly string[]
}

describe('algorithms', () => {
  const library = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as Constants
  const supported: Readonly<Record<AlgorithmFamily, readonly string[]>> = {
    kex: library.SUPPORTED_KEX,
    cipher: library.SUPPORTED_CIPHER,
    mac: library.SUPPORTED_MAC,
    key: library.SUPPORTED_SERVER_HOST_KEY,
  }
  const families = Object.keys(supported) as AlgorithmFamily[]

  it.each(families)('of the kind %s are taken for what the library can do', (family) => {
    const everything = algorithmsOf('*', family)
    expect(everything.length).toBeGreaterThan(9)
    expect(withinTheLibrary(everything, family)).toEqual(
      everything.filter((name) => supported[family].includes(name)),
    )
  })

  it.each(families)('of the kind %s are several when nothing is said', (family) => {
    expect(withinTheLibrary(algorithmsOf(undefined, family), family).length).toBeGreaterThan(4)
  })
})
