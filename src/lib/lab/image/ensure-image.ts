import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { LabContext } from '../lab-context.ts'
import type { LabLayout } from '../lab-layout.ts'
import { withLabLock } from '../lab-lock.ts'
import { lastLine } from '../machine/tools.ts'
import { customiseScript, keyOf, imagePackages, type ImageRecipe } from './image-recipe.ts'

export interface LabImage {
  /** The root directory of the built system; never written to again. */
  readonly root: string
  readonly key: string
  /** Whether it is built; from `ensureImage`, whether this run built it. */
  readonly built: boolean
}

const buildTimeoutMs = 15 * 60_000
const partialSuffix = '.partial'

export interface ImageQuestion {
  readonly lab: LabLayout
  readonly recipe: ImageRecipe
  /** The image the lab stands on already; a newer recipe must not change the ground under it. */
  readonly key?: string | undefined
}

/** Where the image is, or would be; `built` says whether it is. */
export async function findImage({ lab, recipe, key }: ImageQuestion): Promise<LabImage> {
  const at = (imageKey: string) => ({ root: join(lab.imagesDirectory, imageKey), key: imageKey })
  if (key !== undefined && (await exists(at(key).root))) return { ...at(key), built: true }
  const image = at(keyOf(recipe))
  return { ...image, built: await exists(image.root) }
}

/** Gives the image of a recipe, building it once per data directory (about half a minute). */
export async function ensureImage(question: ImageQuestion, context: LabContext): Promise<LabImage> {
  const { lab, recipe } = question
  const { root, key, built } = await findImage(question)
  if (built) return { root, key, built: false }
  await mkdir(lab.imagesDirectory, { recursive: true, mode: 0o755 })
  const lock = { directory: lab.imagesDirectory, purpose: 'builds an image', waitMs: buildTimeoutMs, context }
  return withLabLock(lock, async () => {
    // Another run may have built it while this one waited.
    if (await exists(root)) return { root, key, built: false }
    await removePartialImages(lab)
    await build({ root, recipe }, context)
    return { root, key, built: true }
  })
}

/** What a run that was killed while building left; call it only under the lock. */
async function removePartialImages(lab: LabLayout): Promise<void> {
  const names = await readdir(lab.imagesDirectory).catch(() => [])
  const partial = names.filter((name) => name.includes(partialSuffix))
  await Promise.all(
    partial.map((name) => rm(join(lab.imagesDirectory, name), { recursive: true, force: true })),
  )
}

async function build(
  options: { readonly root: string; readonly recipe: ImageRecipe },
  context: LabContext,
): Promise<void> {
  const { root, recipe } = options
  const subject = `image ${recipe.suite}`
  const step = 'build (about half a minute, once)'
  context.reporter.report({ type: 'started', subject, step })
  const partial = `${root}${partialSuffix}`
  const script = `${partial}.sh`
  await writeFile(script, customiseScript, { mode: 0o755 })
  try {
    await bootstrap({ partial, script, recipe }, context)
    await rename(partial, root)
    context.reporter.report({ type: 'finished', subject, step, outcome: 'done' })
  } catch (error) {
    context.reporter.report({ type: 'finished', subject, step, outcome: 'failed' })
    throw error
  } finally {
    await rm(script, { force: true })
    await rm(partial, { recursive: true, force: true })
  }
}

async function bootstrap(
  options: { readonly partial: string; readonly script: string; readonly recipe: ImageRecipe },
  context: LabContext,
): Promise<void> {
  const { partial, script, recipe } = options
  // In a mount namespace of its own: whatever the build mounts is gone when it ends, however it ends.
  const result = await context.machine.run(
    [
      ...(['unshare', '--mount', '--propagation', 'private'] as const),
      'mmdebstrap',
      '--mode=root',
      '--variant=minbase',
      `--include=${imagePackages.join(',')}`,
      `--customize-hook=${script}`,
      recipe.suite,
      partial,
      ...(recipe.mirror === undefined ? [] : [recipe.mirror]),
    ],
    { signal: context.signal, timeoutMs: buildTimeoutMs },
  )
  context.reporter.report({ type: 'debug', subject: `image ${recipe.suite}`, text: result.stderr })
  if (result.exitCode === 0) return
  throw new ApoctlError([
    'APO-LAB-IMAGE',
    `mmdebstrap could not build ${recipe.suite}: ${reasonIn(result.stderr)}`,
  ])
}

function reasonIn(stderr: string): string {
  const complaint = stderr.split('\n').find((line) => /^(?:E:|Err:|mmdebstrap: )/.test(line))
  return complaint ?? lastLine(stderr)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
