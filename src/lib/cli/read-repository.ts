import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConsoleClient } from '../api/console-client.ts'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { PackageRepository } from '../install/packages/package-repository.ts'
import { readSigningKey, type SigningKey } from '../install/packages/signing-key.ts'
import type { CommandContext } from './context.ts'
import { parseRepo, type RepoFlags } from './flags/repo-flags.ts'
import { proxyFromEnvironment } from './proxy-from-environment.ts'

interface World {
  readonly console: ConsoleClient
  readonly context: Pick<CommandContext, 'environment' | 'signal'>
}

/**
 * The repository that the flags name, with its key: what they leave open is asked of the Console. Keys are fetched
 * here, and never by hosts. Throws APO-REPO-KEY, APO-INPUT-* and APO-FETCH.
 */
export async function readRepository(flags: RepoFlags, world: World): Promise<PackageRepository | undefined> {
  const { repo, 'repo-key': keyFrom } = flags
  if (repo === undefined) return undefined
  const named = await namesOfConsole(flags, world)
  const url = parseRepo(repo === 'console' ? named('repo', '--repo URL') : repo)
  const key = await readKey(keyFrom ?? named('repo-signing-key', '--repo-key FILE'), world)
  return { url, key }
}

/** What the Console says about its packages; asked only where a flag is missing. */
async function namesOfConsole(
  flags: RepoFlags,
  { console, context }: World,
): Promise<(name: string, flag: string) => string> {
  const isNeeded = flags.repo === 'console' || flags['repo-key'] === undefined
  const { readConfig } = await import('../api/endpoints/meta.ts')
  const config: Readonly<Record<string, unknown>> = isNeeded
    ? await readConfig(console, { signal: context.signal })
    : {}
  return (name, flag) => {
    const value = config[name]
    if (typeof value === 'string' && value !== '') return value
    throw new ApoctlError(['APO-INPUT-MISSING', `the Console names no ${name}`], {
      hints: [`Give ${flag}.`],
    })
  }
}

async function readKey(from: string, { context }: World): Promise<SigningKey> {
  const { environment, signal } = context
  if (/^[a-z]+:\/\//i.test(from)) {
    const { fetchDocument } = await import('../api/fetch-document.ts')
    const proxyFor = (origin: string) => proxyFromEnvironment(origin, environment.env)
    const { name, content } = await fetchDocument(from, { signal, proxyFor })
    return readSigningKey(Buffer.from(content), name)
  }
  try {
    return readSigningKey(await readFile(resolve(environment.workingDir, from)), from)
  } catch (error) {
    if (error instanceof ApoctlError) throw error
    throw new ApoctlError(['APO-INPUT-FILE', `--repo-key: ${from} cannot be read`], { cause: error })
  }
}
