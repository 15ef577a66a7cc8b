import { checkPublicUrl, parseListenAddress } from './listen-address.ts'
import { serveConsole, type ServeWorld } from './serve-console.ts'
import { printServiceUnit } from './service-unit.ts'

/** What `apoctl console serve` was asked, as it was written. */
export interface ServeCommandOptions {
  readonly listen: string
  readonly publicUrl: string | undefined
  readonly printUnit: boolean
  /** Absolute. */
  readonly dataDir: string
  readonly profilePath: string
  /** The script that a unit starts. */
  readonly program: string
}

export async function runServeCommand(options: ServeCommandOptions, world: ServeWorld): Promise<void> {
  const { dataDir, profilePath, program } = options
  const listen = parseListenAddress(options.listen)
  const publicUrl = options.publicUrl === undefined ? undefined : checkPublicUrl(options.publicUrl)
  if (options.printUnit) {
    world.print(
      printServiceUnit({ node: process.execPath, program, listen: options.listen, dataDir, publicUrl }),
    )
    return
  }
  await serveConsole({ listen, publicUrl, dataDir, profilePath }, world)
}
