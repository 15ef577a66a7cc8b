/** The proxy answered and will not let us through. */
export class RefusedByProxy extends Error {
  override readonly name = 'RefusedByProxy'
  readonly code = 'ERR_PROXY_REFUSED'
  readonly status: number

  constructor(status: number) {
    super(`the proxy answered HTTP ${status}`)
    this.status = status
  }
}
