import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')

/** Bundles fake-program.ts as the real program is bundled; packages stay outside. Gives its path. */
export async function fakeProgram(): Promise<string> {
  const outfile = join(root, 'build/test', `fake-program-${process.pid}.cjs`)
  if (!existsSync(outfile)) {
    await build({
      entryPoints: [join(import.meta.dirname, 'fake-program.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      packages: 'external',
      logLevel: 'error',
      loader: { '.sh': 'text', '.service': 'text', '.conf': 'text' },
    })
  }
  return outfile
}
