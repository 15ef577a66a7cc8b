import { normalTime } from '../../contract/entity/decode.ts'
import type { Operation, ParameterDefinition } from '../../contract/entity/definition.ts'
import { parseGoDuration } from '../../contract/go-duration.ts'
import type { WireError } from '../../contract/wire-error.ts'
import type { ParameterValue } from '../call.ts'
import { refuse, refuseAll } from '../refused-request.ts'

type Definition = ParameterDefinition | { readonly type: 'presence' }

const integer = { type: 'integer' } as const
/** For these any text at all means yes: that is how the vendor's Console reads them. */
const presence = { type: 'presence' } as const
const always = { recursive: presence, override: presence } as const
const paging = {
  page: integer,
  pagesize: integer,
  after: { type: 'string' },
  limit: integer,
  order: { type: 'string', multiple: true },
} as const

export type Parameters = ReadonlyMap<string, readonly ParameterValue[]>

export interface DeclaredParameters {
  readonly operation: Operation
  readonly declared: Readonly<Record<string, ParameterDefinition>> | undefined
  /** One of these sets has to be there. */
  readonly required?: readonly (readonly string[])[] | undefined
}

/** Reads the query of a request: declared parameters only, each with its type; everything else is refused. */
export function readParameters(
  query: URLSearchParams,
  { declared, required }: DeclaredParameters,
): Parameters {
  const known = new Map<string, Definition>(Object.entries({ ...always, ...paging, ...declared }))
  const errors: WireError[] = []
  const parameters = new Map<string, readonly ParameterValue[]>()
  for (const name of new Set(query.keys())) {
    const definition = name === 'propagated' && known.has(name) ? presence : known.get(name)
    const texts = query.getAll(name)
    const read =
      definition === undefined ? unknownParameter(name) : readParameter(definition, { name, texts })
    if (Array.isArray(read)) parameters.set(name, read as readonly ParameterValue[])
    else errors.push(read as WireError)
  }
  refuseAll(errors)
  checkRequired(parameters, required)
  checkPaging(parameters)
  return parameters
}

function readParameter(
  definition: Definition,
  given: { readonly name: string; readonly texts: readonly string[] },
): readonly ParameterValue[] | WireError {
  const { name, texts } = given
  const multiple = 'multiple' in definition
  if (texts.length > 1 && !multiple) {
    return parameterError('Invalid Parameter', `Parameter '${name}' must be sent only once`)
  }
  const values: ParameterValue[] = []
  for (const text of texts) {
    const value = readers[definition.type](text, definition)
    if (value === undefined)
      return parameterError('Invalid Parameter', `Parameter '${name}' cannot be '${text}'`)
    values.push(value)
  }
  return values
}

type Reader = (text: string, definition: Definition) => ParameterValue | undefined
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
  '': false,
}

const readers: Readonly<Record<Definition['type'], Reader>> = {
  presence: (text) => text !== '',
  string: (text) => text,
  boolean: (text) => (Object.hasOwn(truths, text.toLowerCase()) ? truths[text.toLowerCase()] : undefined),
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined),
  float: (text) => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined),
  duration: (text) => (parseGoDuration(text).ok ? text : undefined),
  time: (text) => normalTime(text),
  enum: (text, definition) =>
    'choices' in definition && definition.choices.includes(text) ? text : undefined,
}

function unknownParameter(name: string): WireError {
  return parameterError('Bad Request', `Unknown parameter: \`${name}\``)
}

function parameterError(title: string, description: string): WireError {
  return { code: 400, title, description, subject: 'elemental' }
}

/** Of the parameters that the sets name, exactly one set is there. */
function checkRequired(parameters: Parameters, required: DeclaredParameters['required']): void {
  if (required === undefined) return
  const given = [...new Set(required.flat())].filter((name) => parameters.has(name))
  if (required.some((set) => set.length === given.length && set.every((name) => given.includes(name)))) return
  const sets = required.map((set) => set.map((name) => `'${name}'`).join(' and ')).join(', or ')
  throw refuse(400, { title: 'Missing Required parameters', text: `The request needs ${sets}` })
}

/** The two ways to page do not mix. */
function checkPaging(parameters: Parameters): void {
  const has = (name: string): boolean => parameters.has(name)
  const order = parameters.get('order') ?? []
  const negative = ['page', 'pagesize', 'limit'].find((name) => Number(parameters.get(name)?.[0] ?? 0) < 0)
  const rules = [
    [has('limit') && has('pagesize'), "Parameters 'limit' and 'pagesize' exclude each other"],
    [has('after') && has('page'), "Parameters 'after' and 'page' exclude each other"],
    [has('after') && order.length > 1, "Parameter 'after' allows only one 'order'"],
    [order.some((text) => text === '' || text === '-'), "Parameter 'order' must not be empty"],
    [negative !== undefined, `Parameter '${negative ?? ''}' must not be negative`],
  ] as const
  for (const [broken, text] of rules) if (broken) throw refuse(400, text)
}
