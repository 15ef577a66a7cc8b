import type { IssuedToken } from '../../credentials/login/issued-token.ts'
import { exitCode } from '../../errors/exit-code.ts'
import type { Presentation } from '../presentation.ts'
import { sanitiseLine } from '../sanitise.ts'

/** The token alone, for a variable or a file. */
const issuedTokenPresentation: Presentation<IssuedToken> = {
  kind: 'IssuedToken',
  exitCode: () => exitCode.ok,
  views: { table: ({ token }) => sanitiseLine(token) },
}

/** The same as a line that a shell can read. */
const exportedTokenPresentation: Presentation<IssuedToken> = {
  kind: 'IssuedToken',
  exitCode: () => exitCode.ok,
  views: { table: ({ token }) => `export APOCTL_TOKEN=${shellWord(sanitiseLine(token))}` },
}

/** A JWT needs no quotes, and scripts that cut it out expect none; anything else gets them. */
function shellWord(text: string): string {
  return /^[\w.=+/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

export function tokenPresentation(flags: { readonly export: boolean }): Presentation<IssuedToken> {
  return flags.export ? exportedTokenPresentation : issuedTokenPresentation
}
