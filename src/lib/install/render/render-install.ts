import { readTokenLife } from '../../api/session/token-claims.ts'
import { artefactContent, type RenderContext, type RenderOptions } from './artefact-content.ts'
import type { InstallEngine } from './artefact.ts'
import { renderers } from './renderers.ts'
import { writeArtefact, type WrittenFile } from './write-artefact.ts'

/** What was written for an engine that installs in our place. */
export interface InstallArtefactReport {
  readonly engine: InstallEngine
  readonly files: readonly WrittenFile[]
  readonly version: string
  readonly console: string
  readonly namespace: string
  /** When the token that is in it ends; absent where none is in it. */
  readonly tokenExpiresAt?: string
  /** What to type next, a command each. */
  readonly next: readonly string[]
}

/**
 * Writes what an engine needs that installs where apoctl does not come: the plan for an empty host, as a
 * script that looks first, in the clothes of the engine. Rejects with APO-INPUT-FILE where it cannot write,
 * and with APO-INSTALL-TOO-LARGE.
 */
export async function renderInstall(
  options: RenderOptions,
  context: RenderContext,
): Promise<InstallArtefactReport> {
  const { engine, folder, configuration } = options
  const content = await artefactContent(options, context)
  const { files, next } = renderers[engine](content)
  const written = await writeArtefact(files, { folder })
  const expiresAtMs = content.token === undefined ? undefined : readTokenLife(content.token).expiresAtMs
  return {
    engine,
    files: written,
    version: content.version,
    console: configuration.api,
    namespace: configuration.namespace,
    ...(expiresAtMs !== undefined && { tokenExpiresAt: new Date(expiresAtMs).toISOString() }),
    next,
  }
}
