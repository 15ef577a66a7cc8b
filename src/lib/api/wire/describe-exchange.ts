import { createRedactor, redactedMark } from '../../secrets/redactor.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

const redactor = createRedactor()

/** Headers that say who somebody is. */
const secretHeaders = new Set(['authorization', 'cookie', 'set-cookie'])
/** Headers that say nothing about the API. */
const dullHeaders = new Set(['connection', 'keep-alive', 'date', 'vary', 'content-length', 'accept'])
/** Attributes, and parameters of addresses, that hold a secret. */
const secretName =
  /(token|password|passphrase|secret|otp|(certificate|private|access|api)key(id)?|assertion)$/i
/** In an address they end a login; elsewhere they are ordinary words. */
const secretParameter =
  /^(code|state|nonce|relaystate|samlresponse|samlrequest|code_challenge|code_verifier)$/i
/** What a login shows to the Console is secret, whatever it is called. */
const secretOfLogin = new Set(['metadata', 'data'])
const longestBody = 4_096

/** A request in lines: what is asked, headers, body. Nothing in it can be used by who reads it. */
export function describeRequest(request: WireRequest, origin: string): readonly string[] {
  const { method, path, headers, body } = request
  const head = `${method} ${withoutSecrets(origin + path)}`
  return [head, ...describeHeaders(headers), ...describeBody(body ?? '', { isLogin: isLogin(request) })]
}

/** An answer in the same way. */
export function describeAnswer(
  answer: WireAnswer,
  about: { readonly request: WireRequest; readonly tookMs: number },
): readonly string[] {
  const { status, headers, body } = answer
  const head = `${status} in ${about.tookMs.toFixed(0)} ms, ${body.length} bytes`
  const text = body.toString('utf8')
  return [head, ...describeHeaders([...headers]), ...describeBody(text, { isLogin: isLogin(about.request) })]
}

function isLogin({ path }: WireRequest): boolean {
  return /^\/(v\/\d+\/)?(issue|authn)(\?|$)/.test(path)
}

function describeHeaders(headers: WireRequest['headers']): readonly string[] {
  return headers
    .filter(([name]) => !dullHeaders.has(name))
    .map(([name, value]) => {
      if (secretHeaders.has(name)) return `${name}: ${redactedMark}`
      return `${name}: ${redactor.redact(name === 'location' ? withoutSecrets(value) : value)}`
    })
}

/** An address whose parameters give nothing away. */
export function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return redactor.redact(address)
  const url = new URL(address)
  for (const name of new Set(url.searchParams.keys()))
    if (secretName.test(name) || secretParameter.test(name)) url.searchParams.set(name, redactedMark)
  return redactor.redact(url.href.replaceAll(encodeURIComponent(redactedMark), redactedMark))
}

/** JSON without its secrets; of anything else, only how much there is. */
function describeBody(text: string, about: { readonly isLogin: boolean }): readonly string[] {
  if (text === '') return []
  let json: string
  try {
    const hidden = (name: string): boolean =>
      secretName.test(name) || (about.isLogin && secretOfLogin.has(name))
    json = JSON.stringify(JSON.parse(text), (name, value: unknown) =>
      hidden(name) && !isNothing(value) ? redactedMark : value,
    )
  } catch {
    return [`(${text.length} characters that are not JSON)`]
  }
  const shown = redactor.redact(json)
  return shown.length <= longestBody
    ? [shown]
    : [`${shown.slice(0, longestBody)}… (${shown.length - longestBody} more characters)`]
}

function isNothing(value: unknown): boolean {
  return value === '' || value === null || value === undefined
}
