import { parsed, problem, type Parsed } from '../../contract/parsed.ts'
import type { TokenClaims } from './claims.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value !== ''
const isTime: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const isTextMap: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((entry) => typeof entry === 'string')
const isTextList: Check = (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string')
const isRestrictions: Check = (value) =>
  typeof value === 'object' && value !== null && allHold(value, restrictions) === undefined
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const restrictions: Readonly<Record<string, Check>> = {
  perms: orAbsent(isTextList),
  namespace: orAbsent(isText),
  networks: orAbsent(isTextList),
}
const claims: Readonly<Record<keyof TokenClaims, Check>> = {
  realm: isText,
  data: isTextMap,
  opaque: orAbsent(isTextMap),
  quota: orAbsent((value) => Number.isInteger(value) && Number(value) > 0),
  restrictions: orAbsent(isRestrictions),
  aud: orAbsent(isText),
  exp: isTime,
  iat: isTime,
  jti: isText,
  iss: isText,
  sub: isText,
}

/** Reads what a token says. A signature makes it ours, but not of a form that this version understands. */
export function readClaims(payload: object): Parsed<TokenClaims> {
  const bad = allHold(payload, claims)
  return bad === undefined ? parsed(payload as TokenClaims) : problem(`claim '${bad}' is missing or wrong`)
}

/** The name of the first value that is not as it should be. */
function allHold(object: object, checks: Readonly<Record<string, Check>>): string | undefined {
  const values = object as Readonly<Record<string, unknown>>
  return Object.entries(checks).find(([name, check]) => !check(values[name]))?.[0]
}
