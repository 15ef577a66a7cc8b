import aws4 from 'aws4'
import type { IssueDraft } from '../../../contract/entities/issue.ts'
import { refuse } from '../../refused-request.ts'
import { metadataText } from '../metadata.ts'
import { CloudSilent, cloudIdentity, type CloudContext, type Identify } from './cloud-identity.ts'
import { readCallerIdentity, readStsError } from './sts-answer.ts'

/**
 * Asks AWS whose the temporary credentials are. The Console signs the question itself, with the credentials it
 * was given: so there is no prepared question of somebody else that could be played to it.
 */
export function createAwsIdentifier(url: string, { fetch, nowMs }: CloudContext): Identify {
  const { href, host, hostname, pathname } = new URL(url)
  const region = regionOf(hostname)
  return async (wanted) => {
    const credentials = credentialsOf(wanted)
    const headers = {
      // As the authenticator of EKS asks: an answer in JSON needs no parser of XML.
      Accept: 'application/json',
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      Host: host,
      'X-Amz-Date': new Date(nowMs()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    }
    const asked = { service: 'sts', region, method: 'POST', path: pathname, headers, body }
    const signed = aws4.sign(asked, credentials).headers as Record<string, string>
    const answer = await fetch(href, { method: 'POST', headers: withoutOwn(signed), body })
    const text = await answer.text()
    if (answer.status !== 200) throw refusalOf(answer.status, text)
    const caller = readCallerIdentity(text)
    if (!caller.ok) throw new CloudSilent(`AWS: ${caller.problem}`)
    const { account, userId, arn } = caller.value
    const { raw, ...parts } = arn
    return cloudIdentity('awssecuritytoken', {
      ...parts,
      arn: raw,
      account,
      organization: account,
      userid: userId,
      subject: userId,
    })
  }
}

const body = 'Action=GetCallerIdentity&Version=2011-06-15'

/** What the connection says by itself. */
function withoutOwn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(['Host', 'Content-Length'])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)))
}

/** `sts.eu-west-1.amazonaws.com`, also with `-fips`, of a private endpoint or another partition. */
function regionOf(hostname: string): string {
  return /(?:^|\.)sts(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\./.exec(hostname)?.[1] ?? 'us-east-1'
}

function credentialsOf(wanted: IssueDraft): {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
} {
  return {
    accessKeyId: plainText(wanted, { name: 'accessKeyID', form: /^\w{16,128}$/ }),
    secretAccessKey: metadataText(wanted, 'secretAccessKey'),
    sessionToken: plainText(wanted, { name: 'token', form: /^[\x21-\x7e]{1,8192}$/ }),
  }
}

/** What becomes part of a header must look like it. */
function plainText(wanted: IssueDraft, what: { readonly name: string; readonly form: RegExp }): string {
  const text = metadataText(wanted, what.name)
  if (what.form.test(text)) return text
  throw refuse(422, {
    text: `Metadata '${what.name}' is not as AWS makes them`,
    data: { attribute: 'metadata' },
  })
}

const tryLater = new Set([408, 429])

function refusalOf(status: number, text: string): Error {
  const { code } = readStsError(text)
  const isBusy = tryLater.has(status) || /^(Throttling|RequestLimitExceeded|ServiceUnavailable)/.test(code)
  if (status < 400 || status >= 500 || isBusy) return new CloudSilent(`AWS answers ${status} ${code}`.trim())
  return refuse(401, `AWS does not know these credentials${code === '' ? '' : ` (${code})`}`)
}
