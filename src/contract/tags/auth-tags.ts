import { parsed, problem, type Parsed } from '../parsed.ts'

/** What every tag made of a claim begins with. */
export const authPrefix = '@auth:'

/** Claims of a token as policies see them: `@auth:<key>=<value>`, sorted, without repetition. */
export function authTags(claims: {
  readonly sub: string
  readonly data: Readonly<Record<string, string>>
}): readonly string[] {
  const tags = new Set<string>()
  if (claims.sub !== '') tags.add(`${authPrefix}subject=${claims.sub}`)
  for (const [key, value] of Object.entries(claims.data)) {
    if (value !== '') tags.add(`${authPrefix}${key.toLowerCase()}=${value}`)
  }
  return [...tags].sort()
}

const realmTag = `${authPrefix}realm=`
/** Anybody can make a provider somewhere: without its namespace, its claims are anybody's. */
const namespaceRealms: Readonly<Record<string, string>> = { oidc: 'OIDC', saml: 'SAML' }

/** Checks the subject of an API authorization; the sentences are those of the vendor's Console. */
export function parseAuthSubject(lists: readonly (readonly string[])[]): Parsed<typeof lists> {
  for (const [index, list] of lists.entries()) {
    if (list.length < 2) return problem('Subject and line should contain at least 2 claims')
    const complaint =
      list.map((claim) => claimProblem(claim, index + 1)).find((text) => text !== undefined) ??
      realmProblem(list, index + 1)
    if (complaint !== undefined) return problem(complaint)
  }
  return parsed(lists)
}

function claimProblem(claim: string, line: number): string | undefined {
  const what = `Subject claims '${claim}' on line ${line}`
  if (!claim.startsWith(authPrefix)) return `${what} must be prefixed by '${authPrefix}'`
  const at = claim.indexOf('=')
  if (at < 0) return `${what} is an invalid tag`
  return at === claim.length - 1 ? `${what} has no value` : undefined
}

function realmProblem(list: readonly string[], line: number): string | undefined {
  const realms = list
    .filter((claim) => claim.startsWith(realmTag))
    .map((claim) => claim.slice(realmTag.length))
  const [realm = ''] = realms
  if (realms.length === 0) return `Subject line ${line} must contain the '${authPrefix}realm' key`
  if (realms.length > 1) return `Subject line ${line} must contain only one '${authPrefix}realm' key`
  const name = Object.hasOwn(namespaceRealms, realm) ? namespaceRealms[realm] : undefined
  if (name === undefined || list.some((claim) => claim.startsWith(`${authPrefix}namespace=`)))
    return undefined
  return `The realm ${name} mandates to add the '${authPrefix}namespace' key to prevent potential security side effects`
}
