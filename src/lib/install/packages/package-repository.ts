import type { SigningKey } from './signing-key.ts'

/** A repository of packages in the layout of the vendor's. */
export interface PackageRepository {
  /** Without a slash at the end; below it is a folder for each distribution. */
  readonly url: string
  readonly key: SigningKey
}
