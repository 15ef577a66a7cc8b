/** What a server of the bench says once it answers. */
export interface BenchServer {
  readonly url: string
  readonly caPem: string
  readonly credentialPath: string
}

/** Tells the bench, and ends when it says so, or is gone. */
export function serveBench(said: BenchServer, close: () => Promise<void>): void {
  process.send?.(said)
  const end = (): void => void close().then(() => process.exit(0))
  process.on('message', end)
  process.on('disconnect', end)
}
