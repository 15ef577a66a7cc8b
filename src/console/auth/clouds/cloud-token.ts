import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { refuse, RefusedRequest } from '../../refused-request.ts'
import { CloudSilent } from './cloud-identity.ts'

export interface WantedToken {
  readonly cloud: string
  readonly keys: JWTVerifyGetKey
  readonly issuer: readonly string[]
  readonly audience: readonly string[]
  readonly nowMs: number
}

/** Clocks of clouds and Consoles are rarely further apart. */
const skewSeconds = 60
/** No cloud makes them for more than a day. */
const longestSeconds = 90_000

/** What the faults of a token are called, by the kind of error; every other is the fault of the cloud. */
const faults: readonly (readonly [kind: abstract new (...args: never[]) => Error, text: string])[] = [
  [errors.JWTExpired, 'it has expired'],
  [errors.JWSSignatureVerificationFailed, 'its signature is wrong'],
  [errors.JWKSNoMatchingKey, 'it is not signed with a key that is published'],
  [errors.JWKSMultipleMatchingKeys, 'it does not say with which key it is signed'],
  [errors.JOSEAlgNotAllowed, 'it is signed in another way'],
  [errors.JWSInvalid, 'it is not a signed token'],
  [errors.JWTInvalid, 'it is not a token'],
  [errors.JOSENotSupported, 'it asks for something that is not supported'],
]

/** The claims of a token that a cloud signed; refuses with 401 every other, throws CloudSilent without keys. */
export async function verifyCloudToken(token: string, wanted: WantedToken): Promise<JWTPayload> {
  const { keys, issuer, audience, nowMs } = wanted
  try {
    const { payload } = await jwtVerify(token, keys, {
      // What all three clouds sign with: a token must not choose how it is checked.
      algorithms: ['RS256'],
      issuer: [...issuer],
      audience: [...audience],
      currentDate: new Date(nowMs),
      clockTolerance: skewSeconds,
      maxTokenAge: longestSeconds,
      requiredClaims: ['exp', 'iat', 'sub'],
    })
    return payload
  } catch (error) {
    throw refusalOf(error, wanted)
  }
}

function refusalOf(error: unknown, { cloud }: WantedToken): unknown {
  if (error instanceof RefusedRequest || error instanceof CloudSilent) return error
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refuse(401, `Invalid token of ${cloud}: claim '${error.claim}' is missing or wrong`)
  }
  const fault = faults.find(([kind]) => error instanceof kind)
  if (fault !== undefined) return refuse(401, `Invalid token of ${cloud}: ${fault[1]}`)
  return new CloudSilent(`${cloud}: ${(error as Error).message}`, { cause: error })
}
