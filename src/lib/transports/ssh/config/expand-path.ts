import type { ConfigWorld } from './config-world.ts'
import { expand, expandTilde } from './expand.ts'
import type { ResolvedTarget } from './resolve-target.ts'

/** A path of the configuration with its home directory, tokens and variables filled in. */
export function expandPath(
  path: { readonly written: string; readonly place: string },
  of: {
    readonly resolved: Pick<ResolvedTarget, 'tokens'>
    readonly world: Pick<ConfigWorld, 'home' | 'environment'>
  },
): string {
  const { place } = path
  const { home, environment } = of.world
  return expand(expandTilde(path.written, { home, place }), {
    tokens: of.resolved.tokens,
    environment,
    place,
  })
}
