import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** 32 MB and about a tenth of a second for each try. */
const cost = { N: 2 ** 15, r: 8, p: 1 }
const keyLength = 32

/** What is kept of a password: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, { ...cost, salt })
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** Whether the password is the one of the hash. Without a hash it takes as long, and the answer is no. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (hash ?? nobody).split('$')
  const wanted = Buffer.from(key, 'base64')
  const options = { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64') }
  const found = await derive(password, options)
  return hash !== undefined && timingSafeEqual(found, wanted)
}

const nobody = ['scrypt', cost.N, cost.r, cost.p, randomBytes(16).toString('base64'), ''].join('$')

interface Derivation {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
}

function derive(password: string, { salt, ...parameters }: Derivation): Promise<Buffer> {
  const options = { ...parameters, maxmem: 256 * parameters.N * parameters.r }
  return new Promise((resolve, reject) => {
    // Two ways to type the same letter are the same letter.
    scrypt(password.normalize('NFKC'), salt, keyLength, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}
