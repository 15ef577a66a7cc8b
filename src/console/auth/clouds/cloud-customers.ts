/** Claims that say whose machine it is. All others anybody can have who rents one and names it alike. */
const customerClaims: Readonly<Record<string, readonly string[]>> = {
  awssecuritytoken: ['account', 'organization', 'arn', 'userid', 'subject'],
  gcpidentitytoken: ['projectid', 'projectnumber', 'email', 'subject'],
  azureidentitytoken: ['tenantid', 'subscriptionid', 'objectid', 'subject'],
}
const realmTag = '@auth:realm='

/** What is wrong with claims that are to be given roles, or undefined: they are of a cloud, and of any customer. */
export function customerProblem(claims: readonly string[]): string | undefined {
  const realm = claims.find((claim) => claim.startsWith(realmTag))?.slice(realmTag.length) ?? ''
  const names = Object.hasOwn(customerClaims, realm) ? customerClaims[realm] : undefined
  const keys = (names ?? []).map((name) => `@auth:${name}`)
  if (names === undefined || claims.some((claim) => keys.includes(claim.split('=')[0] ?? '')))
    return undefined
  const choice = keys.map((key) => `'${key}'`).join(' or ')
  return `The realm ${realm} mandates to add ${choice}: the other claims any customer of the cloud can have`
}
