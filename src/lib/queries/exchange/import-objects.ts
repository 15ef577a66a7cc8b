import { apiVersion } from '../../../contract/exchange/portable-part.ts'
import { exchange, type ImportMode, type ObjectsByKind } from '../../api/endpoints/exchange.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import { exitCode, type ExitCode } from '../../errors/exit-code.ts'
import type { Reporter } from '../../progress/reporter.ts'
import type { QueryContext } from '../list-objects.ts'
import { isOwnFault } from '../one-by-one.ts'
import type { CheckedImport, CheckedObject } from './checked-import.ts'
import { compareImport } from './compare-import.ts'
import { madeByLabel } from './made-by-label.ts'
import { refusalsForeseen } from './refusals-foreseen.ts'
import type { ImportCounts, ImportedObject, ImportReport, LabelImport } from './import-report.ts'

export interface ImportObjectsOptions {
  readonly imports: readonly CheckedImport[]
  readonly mode: ImportMode
  readonly namespace: string
  /** Also take away what is protected. */
  readonly override: boolean
  /** Only say what would happen. */
  readonly dryRun: boolean
}

type ImportContext = QueryContext & { readonly reporter: Reporter }

/**
 * Makes true what each label should have made, or takes it away, and says what that changes. Each label is one
 * step on the Console, which happens whole or not at all. With several, one that is refused costs the others
 * nothing; the error of a single one is thrown, and says what is so now.
 */
export async function importObjects(
  options: ImportObjectsOptions,
  context: ImportContext,
): Promise<ImportReport> {
  const { namespace, dryRun } = options
  const imports: LabelImport[] = []
  for (const one of options.imports) {
    try {
      imports.push(await importLabel(one, { ...context, options }))
      // Should the Console be gone for the next one, this is what was done.
      if (options.imports.length > 1 && !dryRun)
        context.reporter.report({ type: 'note', subject: one.label, text: 'imported' })
    } catch (error) {
      if (options.imports.length === 1 || !isOwnFault(error)) throw error
      imports.push(failedImport(one, { mode: options.mode, error }))
    }
  }
  return { namespace, dryRun, imports, exitCode: outcomeOf(imports) }
}

type Importing = ImportContext & { readonly options: ImportObjectsOptions }

async function importLabel({ label, objects }: CheckedImport, context: Importing): Promise<LabelImport> {
  const { mode, dryRun } = context.options
  const wanted = mode === 'Remove' ? [] : objects
  const former = await shownBefore(label, context)
  const changes = former === undefined ? [] : compareImport(wanted, former)
  if (dryRun)
    for (const text of refusalsForeseen({ wanted, former, changes }, context.options))
      context.reporter.report({ type: 'warning', subject: label, text })
  if (!dryRun) await send({ label, wanted }, context)
  return {
    label,
    mode,
    outcome: dryRun ? 'planned' : 'done',
    compared: former !== undefined,
    counts: countsOf(changes),
    objects: changes,
  }
}

/** Undefined when it is not shown to us and nobody asked to see it: who may import need not be allowed to look. */
async function shownBefore(label: string, context: Importing): Promise<ObjectsByKind | undefined> {
  const { namespace, dryRun } = context.options
  try {
    return await madeByLabel({ label, namespace }, context)
  } catch (error) {
    const isHidden =
      error instanceof ApoctlError && ['APO-API-FORBIDDEN', 'APO-API-UNSUPPORTED'].includes(error.code)
    if (dryRun || !isHidden) throw error
    context.reporter.report({ type: 'debug', subject: label, text: `not compared: ${error.message}` })
    return undefined
  }
}

async function send(
  { label, wanted }: { readonly label: string; readonly wanted: readonly CheckedObject[] },
  { console, signal, options }: Importing,
): Promise<void> {
  const { mode, override, namespace } = options
  const data: Record<string, CheckedObject['object'][]> = {}
  for (const { entity, object } of wanted) (data[entity.category] ??= []).push(object)
  const document = { APIVersion: apiVersion, label, data }
  try {
    await exchange(console).import({ document, mode, override, namespace }, { signal })
  } catch (error) {
    if (error instanceof ApoctlError) throw afterwards(error, label)
    throw error
  }
}

/** What is so after an import that failed is the first thing that people ask. */
function afterwards(error: ApoctlError, label: string): ApoctlError {
  const unknown = error.exitCode === exitCode.unreachable
  const now = unknown
    ? `It is not known whether "${label}" was imported, whole or not at all: --dry-run shows it. To import it again does no harm.`
    : `Nothing was changed: an import happens whole or not at all.`
  return new ApoctlError([error.code, error.message], { hints: [now, ...error.hints], cause: error.cause })
}

function failedImport(
  { label }: CheckedImport,
  { mode, error }: { readonly mode: ImportMode; readonly error: ApoctlError },
): LabelImport {
  const { message: problem } = error
  return { label, mode, outcome: 'failed', problem, compared: false, counts: countsOf([]), objects: [] }
}

function countsOf(objects: readonly ImportedObject[]): ImportCounts {
  const counts = { created: 0, changed: 0, deleted: 0, unchanged: 0 }
  for (const { change } of objects) counts[change] += 1
  return counts
}

function outcomeOf(imports: readonly LabelImport[]): ExitCode {
  const failed = imports.filter(({ outcome }) => outcome === 'failed').length
  if (failed === 0) return exitCode.ok
  return failed === imports.length ? exitCode.no : exitCode.partial
}
