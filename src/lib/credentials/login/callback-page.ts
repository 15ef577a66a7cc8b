import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** What the person in the browser gets to see. */
export interface CallbackPage {
  readonly status: number
  readonly text: string
  /** A script that the page runs, and the only one that it can. */
  readonly script?: string
}

/**
 * Has the browser post what stands behind the # of its address, which it sends to no server, as a form. The
 * address is cleared first: it holds a token, and browsers remember addresses.
 */
export const relayScript = [
  'const answer = new URLSearchParams(location.hash.slice(1))',
  "history.replaceState(null, '', '/')",
  "const form = document.createElement('form')",
  "form.method = 'post'",
  'for (const [name, value] of answer) {',
  "  const input = document.createElement('input')",
  "  Object.assign(input, { type: 'hidden', name, value })",
  '  form.append(input)',
  '}',
  'document.body.append(form)',
  'form.submit()',
].join('\n')

export const pages = {
  done: { status: 200, text: 'apoctl has the answer. You can close this page.' },
  relay: {
    status: 200,
    text: 'apoctl is taking the answer. If this page stays, paste its address into the terminal.',
    script: relayScript,
  },
  nothing: { status: 404, text: 'There is nothing here.' },
  wrongMethod: { status: 405, text: 'Only the identity provider sends a browser here, after a login.' },
  wrongAnswer: { status: 400, text: 'This is not the answer to the login that apoctl is waiting for.' },
  wrongForm: { status: 415, text: 'This is not the form of an identity provider.' },
  tooLarge: { status: 413, text: 'This is larger than the answer of an identity provider can be.' },
} as const satisfies Record<string, CallbackPage>

/** Sends a page that nothing may be loaded into, and ends the connection. */
export function sendPage(response: ServerResponse, { status, text, script }: CallbackPage): void {
  const hash = script === undefined ? undefined : createHash('sha256').update(script).digest('base64')
  const allowed = hash === undefined ? '' : `; script-src 'sha256-${hash}'; form-action 'self'`
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; frame-ancestors 'none'; base-uri 'none'${allowed}`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  })
  response.end(html(text, script))
}

const html = (text: string, script: string | undefined): string =>
  [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>apoctl</title>',
    `<body><p>${text}</p>`,
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    '</body></html>\n',
  ].join('')
