/** A file as it was found on a host. */
export interface HostFile {
  /** Permission bits in octal, such as `600`. */
  readonly mode: string
  readonly content: string
}
