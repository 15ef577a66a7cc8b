import type { Secret } from '../../secrets/secret.ts'

/** An address that hosts download layers from: `<url>/<platform>/<file>`. */
export interface Download {
  /** Without a slash at the end. */
  readonly url: string
  /** What people call it, when that is not its address. */
  readonly name?: string | undefined
  /** It is a neighbour of the host: no proxy is asked, and what cannot be reached is another error. */
  readonly isRelay?: true
  /** A line of HTTP that says who asks; undefined where anybody may. */
  readonly header?: Secret | undefined
  /** Whom to trust for its certificate, PEM; the host's own authorities when undefined. */
  readonly authorityPem?: string | undefined
}

/** Where hosts get layers from. */
export type LayerSource =
  /** From here, over SSH. */
  { readonly type: 'copy' } | { readonly type: 'download'; readonly download: Download }
