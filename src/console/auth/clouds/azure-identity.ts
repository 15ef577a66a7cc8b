import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { refuse } from '../../refused-request.ts'
import { metadataText } from '../metadata.ts'
import { cloudIdentity, type CloudContext, type CloudIdentity, type Identify } from './cloud-identity.ts'
import { verifyCloudToken } from './cloud-token.ts'
import { publishedKeys } from './published-keys.ts'

const cloud = 'Azure'
/** The resource manager, as each of Azure's clouds calls it. */
const managers = ['management.azure.com', 'management.usgovcloudapi.net', 'management.chinacloudapi.cn']
const audience = managers.flatMap((host) => [`https://${host}`, `https://${host}/`])
/** Issuers of tokens of the first version, which machines get; those of the second are the authority's. */
const issuers = ['https://sts.windows.net', 'https://sts.chinacloudapi.cn']
/** Beyond this the keys of the tenants that were longest not asked for are fetched again. */
const maxTenants = 100

/** Reads the token that an application or a machine of Azure got for the resource manager. */
export function createAzureIdentifier(authorityUrl: string, context: CloudContext): Identify {
  const authority = authorityUrl.replace(/\/+$/, '')
  const keysAt = rememberKeys(context)
  return async (wanted) => {
    const token = metadataText(wanted, 'token')
    // What an unverified token says only chooses whose keys it has to be signed with.
    const { tenant, issuer } = placeOf(token)
    const second = `${authority}/${tenant}/v2.0`
    const path = issuer === second ? 'discovery/v2.0/keys' : 'discovery/keys'
    const said = await verifyCloudToken(token, {
      cloud,
      keys: keysAt(`${authority}/${tenant}/${path}`),
      issuer: [...issuers.map((first) => `${first}/${tenant}/`), second],
      audience,
      nowMs: context.nowMs(),
    })
    return identityOf(said, tenant)
  }
}

function placeOf(token: string): { readonly tenant: string; readonly issuer: string } {
  const { tid, iss } = claimsOf(token)
  if (typeof tid === 'string' && typeof iss === 'string' && guid.test(tid))
    return { tenant: tid, issuer: iss }
  throw refuse(401, `Invalid token of ${cloud}: it does not say of which tenant it is`)
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refuse(401, `Invalid token of ${cloud}: it is not a token`)
    throw error
  }
}

function rememberKeys(context: CloudContext): (url: string) => JWTVerifyGetKey {
  const known = new Map<string, JWTVerifyGetKey>()
  return (url) => {
    const keys = known.get(url) ?? publishedKeys({ cloud, url }, context)
    known.delete(url)
    known.set(url, keys)
    const [oldest] = known.keys()
    if (known.size > maxTenants && oldest !== undefined) known.delete(oldest)
    return keys
  }
}

function identityOf(said: JWTPayload, tenant: string): CloudIdentity {
  // Scopes are what people delegate to applications: this is the token of a person, who has other ways.
  if (said['scp'] !== undefined) {
    throw refuse(401, 'The token of Azure is that of a person; log in with an OIDC provider instead')
  }
  const text = (name: string): string | undefined => (typeof said[name] === 'string' ? said[name] : undefined)
  return cloudIdentity('azureidentitytoken', {
    subject: said.sub ?? '',
    tenantid: tenant,
    objectid: text('oid'),
    appid: text('appid') ?? text('azp'),
    ...resourceOf(text('xms_mirid') ?? ''),
  })
}

/**
 * `/subscriptions/<id>/resourcegroups/<group>/providers/<type>/<name>` of the managed identity. Azure does not
 * tell upper from lower case there and changes it at times, so policies see lower case.
 */
function resourceOf(id: string): Readonly<Record<string, string | undefined>> {
  const form = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)/
  const [, subscriptionid, resourcegroup, resourcetype, resourcename] = form.exec(id.toLowerCase()) ?? []
  return { subscriptionid, resourcegroup, resourcetype, resourcename }
}
