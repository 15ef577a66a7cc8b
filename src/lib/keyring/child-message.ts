/** What the child is asked, as one line of JSON on its standard input; secrets are base64. */
export type ChildRequest =
  | { readonly action: 'store'; readonly account: string; readonly secret: string }
  | { readonly action: 'fetch' | 'remove'; readonly account: string }

/** What it answers, as one line of JSON on its standard output. */
export type ChildAnswer =
  /** `secret` is there when one was asked for and found. */
  | { readonly ok: true; readonly secret?: string }
  /** The library cannot be loaded here. */
  | { readonly ok: false; readonly failed: 'loading'; readonly why: string }
  /** The library says no, in its own words. */
  | { readonly ok: false; readonly failed: 'asking'; readonly why: string }
