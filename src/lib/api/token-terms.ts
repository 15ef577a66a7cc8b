/** What any token may be asked to be limited to. Source: section 2.1 of the contract. */
export interface TokenTerms {
  /** A Go duration: `24h`. The Console may make it shorter. */
  readonly validity?: string | undefined
  /** `aud:<operations>:<categories>:<namespaces>`, several joined by `;`. */
  readonly audience?: string | undefined
  /** How often the token may be used; 0 for any number. */
  readonly quota?: number | undefined
  /** Carried in the token for whoever reads it. */
  readonly opaque?: Readonly<Record<string, string>> | undefined
  readonly restrictedNamespace?: string | undefined
  /** `@auth:role=…`, or `<identity>,<method>[,<method>]`. */
  readonly restrictedPermissions?: readonly string[] | undefined
  /** CIDRs. */
  readonly restrictedNetworks?: readonly string[] | undefined
}
