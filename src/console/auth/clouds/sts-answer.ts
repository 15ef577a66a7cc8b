import { parsed, problem, type Parsed } from '../../../contract/parsed.ts'

/** `arn:<partition>:<service>::<account>:<type>/<resource>`, taken apart. */
export interface CallerArn {
  readonly raw: string
  readonly partition: string
  readonly service: string
  /** `assumed-role`, `user`, `federated-user` or `root`. */
  readonly resourcetype: string
  /** What follows the type. */
  readonly resource: string
  readonly rolename?: string | undefined
  readonly rolesessionname?: string | undefined
}

export interface CallerIdentity {
  readonly account: string
  readonly userId: string
  readonly arn: CallerArn
}

/** Reads the answer of GetCallerIdentity. */
export function readCallerIdentity(text: string): Parsed<CallerIdentity> {
  const result = fieldOf(fieldOf(jsonOf(text), 'GetCallerIdentityResponse'), 'GetCallerIdentityResult')
  const [account, userId, raw] = ['Account', 'UserId', 'Arn'].map((name) => fieldOf(result, name))
  if (typeof account !== 'string' || typeof userId !== 'string' || typeof raw !== 'string') {
    return problem('the answer is not that of GetCallerIdentity')
  }
  const arn = parseArn(raw, account)
  const isPlain = /^\d{12}$/.test(account) && /^[\w:=,.@-]{1,256}$/.test(userId)
  return arn === undefined || !isPlain
    ? problem('the answer names nobody that AWS could know')
    : parsed({ account, userId, arn })
}

/** The code of a refusal; empty when it has none. */
export function readStsError(text: string): { readonly code: string } {
  const code = fieldOf(fieldOf(jsonOf(text), 'Error'), 'Code')
  // Shown to the client: nothing but a word.
  return { code: typeof code === 'string' && /^[A-Za-z.]{1,64}$/.test(code) ? code : '' }
}

const arnForm = /^arn:(aws[a-z-]*):(sts|iam)::(\d{12}):([a-z-]+)(?:\/([\w+=,.@/-]{1,1024}))?$/

function parseArn(raw: string, wantedAccount: string): CallerArn | undefined {
  const [, partition, service, account, resourcetype, resource = ''] = arnForm.exec(raw) ?? []
  if (partition === undefined || service === undefined || resourcetype === undefined) return undefined
  if (account !== wantedAccount) return undefined
  const arn = { raw, partition, service, resourcetype, resource }
  if (resourcetype !== 'assumed-role') return arn
  const [rolename, rolesessionname, ...rest] = resource.split('/')
  return rolesessionname === undefined || rest.length > 0 ? undefined : { ...arn, rolename, rolesessionname }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? (value as Record<string, unknown>)[name] : undefined
}
