import { ApoctlError } from '../../errors/apoctl-error.ts'
import { ShapeMismatch, type DocumentPath, type Shape } from './shape.ts'

/** A file as it was read: its name for messages, and what stands in it. */
export interface DocumentSource {
  readonly file: string
  readonly content: string
}

/**
 * Parses JSON or YAML and checks its shape. Throws APO-INPUT-FILE that names file, line and value.
 */
export async function readDocument<T>(source: DocumentSource, shape: Shape<T>): Promise<T> {
  const value = parseJson(source.content) ?? (await parseYaml(source))
  try {
    return shape.read(value, [])
  } catch (error) {
    if (!(error instanceof ShapeMismatch)) throw error
    const line = await lineOf(source.content, error.at)
    throw documentError({ source, line, problem: `${nameOf(error.at)}${error.message}` }, error)
  }
}

/** The value of a JSON text; undefined when it is none, for YAML to say what is wrong with it. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

async function parseYaml(source: DocumentSource): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(source.content, { lineCounter, prettyErrors: false })
  const [problem] = document.errors
  if (problem !== undefined) {
    const { line } = lineCounter.linePos(problem.pos[0])
    throw documentError({ source, line, problem: `does not parse: ${problem.message}` }, problem)
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw documentError({ source, line: 1, problem: 'uses too many aliases' }, error)
  }
}

/** The line a path stands on; JSON is YAML, so one parser finds both. */
async function lineOf(content: string, path: DocumentPath): Promise<number> {
  const { LineCounter, isNode, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const root = parseDocument(content, { lineCounter, prettyErrors: false })
  let depth = path.length
  // A field that is missing has no line: then the nearest thing around it says where it should be.
  while (depth > 0 && !root.hasIn(path.slice(0, depth))) depth -= 1
  const node = root.getIn(path.slice(0, depth), true)
  const value = isNode(node) ? (node.range?.[0] ?? 0) : 0
  return lineCounter.linePos(value).line
}

function nameOf(path: DocumentPath): string {
  return path.length === 0 ? '' : `${path.join('.')}: `
}

function documentError(
  what: { readonly source: DocumentSource; readonly line: number; readonly problem: string },
  cause: unknown,
): ApoctlError {
  const { source, line, problem } = what
  return new ApoctlError(['APO-INPUT-FILE', `${source.file}:${line}: ${problem}`], { cause })
}
