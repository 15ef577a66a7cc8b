import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { IncomingMessage } from 'node:http'

/** Temporary credentials that AWS gave to somebody. */
export interface AwsIdentity {
  readonly accessKeyID: string
  readonly secretAccessKey: string
  readonly token: string
  readonly account: string
  readonly arn: string
  readonly userId: string
  readonly expired?: true
}

export interface StsAnswer {
  readonly status: number
  readonly body: string
}

const form = 'application/x-www-form-urlencoded; charset=utf-8'

/**
 * STS as AWS documents it, for the one action the Console needs, and no more lenient: the signature is checked
 * with the library of AWS's own SDK, over the headers that have to be signed, and must not be older than
 * fifteen minutes.
 */
export async function answerSts(
  asked: { readonly request: IncomingMessage; readonly body: string },
  known: readonly AwsIdentity[],
): Promise<StsAnswer> {
  const { request, body } = asked
  if (request.method !== 'POST' || request.url !== '/') return refusal(404, 'NotFound')
  if (request.headers['content-type'] !== form) return refusal(400, 'MissingAction')
  if (body !== 'Action=GetCallerIdentity&Version=2011-06-15') return refusal(400, 'InvalidAction')
  // Without it the answer would be XML.
  if (request.headers.accept !== 'application/json')
    return { status: 200, body: '<GetCallerIdentityResponse/>' }
  const authorization = request.headers.authorization ?? ''
  const parts =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([a-z0-9-]+)\/sts\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=[0-9a-f]{64}$/.exec(
      authorization,
    )
  if (parts === null) return refusal(400, 'IncompleteSignature')
  const [, keyId = '', , region = '', signed = ''] = parts
  const identity = known.find(({ accessKeyID }) => accessKeyID === keyId)
  if (identity === undefined || request.headers['x-amz-security-token'] !== identity.token) {
    return refusal(403, 'InvalidClientTokenId')
  }
  const names = signed.split(';')
  if (!['content-type', 'host', 'x-amz-date', 'x-amz-security-token'].every((name) => names.includes(name))) {
    return refusal(403, 'SignatureDoesNotMatch')
  }
  const expected = await signatureOf({ request, body, names, region }, identity)
  if (expected !== authorization) return refusal(403, 'SignatureDoesNotMatch')
  if (Math.abs(Date.now() - dateOf(request).getTime()) > 900_000) return refusal(403, 'SignatureDoesNotMatch')
  if (identity.expired === true) return refusal(403, 'ExpiredToken')
  const { account, arn, userId } = identity
  const result = { Account: account, Arn: arn, UserId: userId }
  const envelope = {
    GetCallerIdentityResponse: { GetCallerIdentityResult: result, ResponseMetadata: { RequestId: 'r' } },
  }
  return { status: 200, body: JSON.stringify(envelope) }
}

/** The Authorization header as AWS's own library writes it. */
async function signatureOf(
  asked: {
    readonly request: IncomingMessage
    readonly body: string
    readonly names: readonly string[]
    readonly region: string
  },
  { accessKeyID, secretAccessKey, token }: AwsIdentity,
): Promise<string> {
  const { request, body, names, region } = asked
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]))
  const signer = new SignatureV4({
    service: 'sts',
    region,
    sha256: Sha256,
    credentials: { accessKeyId: accessKeyID, secretAccessKey, sessionToken: token },
    applyChecksum: false,
  })
  const host = String(request.headers.host)
  const [hostname = ''] = host.split(':')
  const signed = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname, path: '/', query: {}, headers, body },
    { signingDate: dateOf(request) },
  )
  return String(signed.headers['authorization'])
}

function dateOf(request: IncomingMessage): Date {
  const text = String(request.headers['x-amz-date'])
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'))
}

function refusal(status: number, Code: string): StsAnswer {
  const Error = { Code, Message: 'The request is refused', Type: 'Sender' }
  return { status, body: JSON.stringify({ Error, RequestId: 'r' }) }
}
