import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** What every login has that happens in a browser. */
export const browserFlags = {
  'open-with': Flags.string({
    summary: 'Program to open the address with; on macOS the name of an application.',
    helpValue: 'PROGRAM',
    helpGroup: 'BROWSER',
  }),
  port: Flags.integer({
    summary: 'Port of this machine that the browser comes back to.',
    default: 65_332,
    min: 0,
    max: 65_535,
    helpValue: 'PORT',
    helpGroup: 'BROWSER',
  }),
}

/** For logins whose answer stands in the address that the browser ends at. */
export const pasteFlag = {
  paste: Flags.boolean({
    summary: 'The browser is on another machine: ask for the address that it ends at, and listen on nothing.',
    exclusive: ['open-with'],
    helpGroup: 'BROWSER',
  }),
}

/** Which identity provider, of those that a namespace has. */
export const providerFlag = Flags.string({
  summary: 'Name of the provider; the default one of the namespace if not given.',
  helpGroup: 'PROOF',
})

/**
 * There is one Google; but installations without a way to the internet put an OpenID provider in its place that
 * the Console trusts as if it were.
 */
export const googleUrlFlag = Flags.string({
  summary: 'Where to log in, when another OpenID provider stands in for Google.',
  default: 'https://accounts.google.com/o/oauth2/v2/auth',
  helpValue: 'URL',
  helpGroup: 'BROWSER',
  parse: (text) => Promise.resolve(parseGoogleUrl(text)),
})

function parseGoogleUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOnLoopback = url?.protocol === 'http:' && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || isOnLoopback) return text
  throw new ApoctlError(['APO-INPUT-VALUE', `--google-url "${text}" is not an https address`])
}
