import { listCovers } from './patterns.ts'

/** Kinds of algorithms that ssh_config chooses between. */
export type AlgorithmFamily = 'kex' | 'cipher' | 'mac' | 'key'

const certificate = '-cert-v01@openssh.com'
const keyTypes =
  `ssh-ed25519 sk-ssh-ed25519@openssh.com ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521
  sk-ecdsa-sha2-nistp256@openssh.com webauthn-sk-ecdsa-sha2-nistp256@openssh.com ssh-dss ssh-rsa rsa-sha2-256
  rsa-sha2-512`.split(/\s+/)

export function certificateType(keyType: string): string {
  return keyType.replace(/@openssh\.com$/, '') + certificate
}

/** Every name that an OpenSSH since 9.2 knows, in its order: patterns such as `+ecdsa-*` go through it. */
const known: Readonly<Record<AlgorithmFamily, readonly string[]>> = {
  kex: `diffie-hellman-group1-sha1 diffie-hellman-group14-sha1 diffie-hellman-group14-sha256
    diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 diffie-hellman-group-exchange-sha1
    diffie-hellman-group-exchange-sha256 ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521
    curve25519-sha256 curve25519-sha256@libssh.org sntrup761x25519-sha512
    sntrup761x25519-sha512@openssh.com mlkem768x25519-sha256`.split(/\s+/),
  cipher: `3des-cbc aes128-cbc aes192-cbc aes256-cbc aes128-ctr aes192-ctr aes256-ctr
    aes128-gcm@openssh.com aes256-gcm@openssh.com chacha20-poly1305@openssh.com`.split(/\s+/),
  mac: `hmac-sha1 hmac-sha1-96 hmac-sha2-256 hmac-sha2-512 hmac-md5 hmac-md5-96 umac-64@openssh.com
    umac-128@openssh.com hmac-sha1-etm@openssh.com hmac-sha1-96-etm@openssh.com
    hmac-sha2-256-etm@openssh.com hmac-sha2-512-etm@openssh.com hmac-md5-etm@openssh.com
    hmac-md5-96-etm@openssh.com umac-64-etm@openssh.com umac-128-etm@openssh.com`.split(/\s+/),
  key: keyTypes.flatMap((type) => (type.startsWith('webauthn') ? [type] : [type, certificateType(type)])),
}

const modernKeys = `ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521
  sk-ssh-ed25519@openssh.com sk-ecdsa-sha2-nistp256@openssh.com rsa-sha2-512 rsa-sha2-256`.split(/\s+/)

/**
 * What is offered when nothing is said: the choice of OpenSSH 9.2 to 10. Ciphers stand in our own order:
 * AES in GCM is the fastest of them in Node, most of all where the library has no compiled parts.
 */
const defaults: Readonly<Record<AlgorithmFamily, readonly string[]>> = {
  kex: `mlkem768x25519-sha256 sntrup761x25519-sha512 sntrup761x25519-sha512@openssh.com curve25519-sha256
    curve25519-sha256@libssh.org ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521
    diffie-hellman-group-exchange-sha256 diffie-hellman-group16-sha512 diffie-hellman-group18-sha512
    diffie-hellman-group14-sha256`.split(/\s+/),
  cipher: `aes128-gcm@openssh.com aes256-gcm@openssh.com chacha20-poly1305@openssh.com aes128-ctr aes192-ctr
    aes256-ctr`.split(/\s+/),
  mac: `umac-64-etm@openssh.com umac-128-etm@openssh.com hmac-sha2-256-etm@openssh.com
    hmac-sha2-512-etm@openssh.com hmac-sha1-etm@openssh.com umac-64@openssh.com umac-128@openssh.com
    hmac-sha2-256 hmac-sha2-512 hmac-sha1`.split(/\s+/),
  key: [...modernKeys.map(certificateType), ...modernKeys],
}

/** What the library cannot do; all else of `known` it can. A test compares the two. */
const beyondTheLibrary: Readonly<Record<AlgorithmFamily, RegExp>> = {
  kex: /^(sntrup|mlkem)/,
  cipher: /^$/,
  mac: /^(umac|hmac-(sha1-96|md5|md5-96)-etm)/,
  key: /^(sk-|webauthn)|-cert-v01@/,
}

/**
 * The algorithms that a value stands for, as OpenSSH puts them together: a list takes the place of the
 * defaults, `+` appends to them, `^` puts in front of them, `-` takes away from them.
 */
export function algorithmsOf(value: string | undefined, family: AlgorithmFamily): string[] {
  const usual = defaults[family]
  if (value === undefined) return [...usual]
  const sign = /^[+^-]/.exec(value)?.[0]
  const names = (sign === undefined ? value : value.slice(1)).split(',')
  if (sign === '-') return usual.filter((name) => !listCovers(names, name))
  const patterns = { '+': [...usual, ...names], '^': [...names, ...usual], '': names }[sign ?? '']
  const chosen = (patterns ?? names).flatMap((pattern) =>
    known[family].filter((name) => listCovers([pattern], name)),
  )
  return [...new Set(chosen)]
}

/** The first name in a value that OpenSSH would not accept. */
export function wrongAlgorithms(value: string, family: AlgorithmFamily): string | undefined {
  // Patterns that take away are not looked at by OpenSSH either.
  if (value.startsWith('-')) return undefined
  const names = value.replace(/^[+^]/, '').split(',')
  const exists = (name: string): boolean =>
    known[family].includes(name) || (family === 'key' && known.key.some((one) => listCovers([name], one)))
  return names.find((name) => !exists(name))
}

/** Keeps what the library can do. */
export function withinTheLibrary(names: readonly string[], family: AlgorithmFamily): string[] {
  return names.filter((name) => !beyondTheLibrary[family].test(name))
}
