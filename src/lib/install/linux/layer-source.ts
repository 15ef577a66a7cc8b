import type { Secret } from '../../secrets/secret.ts'

/** An address that hosts download layers from: `<url>/<platform>/<file>`. */
export interface Download {
  /** Without a slash at the end. */
  readonly url: string
  /** A line of HTTP that says who asks; undefined where anybody may. */
  readonly header?: Secret | undefined
  /** Whom to trust for its certificate, PEM; the host's own authorities when undefined. */
  readonly authorityPem?: string | undefined
}

/** Where hosts get layers from. */
export type LayerSource =
  /** From here, over SSH. */
  { readonly type: 'copy' } | { readonly type: 'download'; readonly download: Download }
