import { Flags } from '@oclif/core'
import { parseNamespaceName } from '../../../contract/namespace-name.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { consoleOrigin } from './console-origin.ts'

/** How every command that talks to a Console is told which one, and as whom. */
export const consoleFlags = {
  api: Flags.string({
    char: 'A',
    summary: 'Address of the Console, such as https://console.example.com:4443.',
    helpValue: 'URL',
    helpGroup: 'CONSOLE',
    parse: (text) => Promise.resolve(parseApi(text)),
  }),
  namespace: Flags.string({
    char: 'n',
    summary: 'Namespace to work in; the one of the credential when not given.',
    helpValue: '/PATH',
    helpGroup: 'CONSOLE',
    parse: (text) => Promise.resolve(parseNamespace(text)),
  }),
  creds: Flags.string({
    summary: 'App credential file to log in with (mode 0600).',
    helpValue: 'FILE',
    helpGroup: 'CONSOLE',
  }),
  token: Flags.string({
    char: 't',
    summary: 'Token to log in with; better in APOCTL_TOKEN, where no process list shows it.',
    helpValue: 'TOKEN',
    helpGroup: 'CONSOLE',
  }),
  'api-cacert': Flags.string({
    summary: 'Certificate authority (PEM) that the Console is trusted by, beside the public ones.',
    helpValue: 'FILE',
    helpGroup: 'CONSOLE',
  }),
  'api-skip-verify': Flags.boolean({
    summary:
      'Do not verify the certificate of the Console. Anybody in between can read and change everything.',
    helpGroup: 'CONSOLE',
  }),
  config: Flags.string({
    summary: 'Profile file to take settings from, instead of ~/.apoctl/default.yaml.',
    helpValue: 'FILE',
    helpGroup: 'CONSOLE',
  }),
}

/** What these flags parse to. */
export interface ConsoleFlags {
  readonly api?: string | undefined
  readonly namespace?: string | undefined
  readonly creds?: string | undefined
  readonly token?: string | undefined
  readonly 'api-cacert'?: string | undefined
  readonly 'api-skip-verify': boolean
}

/*
 * Both are read while the flags are, so that the error can say which file and line a value came from, and
 * before anything is contacted.
 */

function parseApi(text: string): string {
  const origin = consoleOrigin(text)
  if (origin !== undefined) return origin
  throw new ApoctlError(['APO-INPUT-VALUE', `"${text}" is not the address of a Console`], {
    hints: ['Write it as https://host or https://host:port.'],
  })
}

export function parseNamespace(text: string): string {
  const name = parseNamespaceName(text)
  if (name.ok) return name.value
  throw new ApoctlError(['APO-INPUT-VALUE', name.problem], { hints: ['Write it as /acme/production.'] })
}
