/** Where the clouds are asked who somebody is. Absent ones are at their usual addresses. */
export interface CloudOptions {
  readonly awsStsUrl?: string | undefined
  readonly gcpKeysUrl?: string | undefined
  /** Below it, every tenant publishes its keys. */
  readonly azureAuthorityUrl?: string | undefined
  /** Authorities to trust beside the public ones, PEM. */
  readonly caPem?: string | undefined
}
