/** A place inside a document: `['hosts', 0, 'kernel', 'release']`. */
export type DocumentPath = readonly (string | number)[]

/** A value that is not what a shape says. Caught by `readDocument`, which knows file and line. */
export class ShapeMismatch extends Error {
  override readonly name = 'ShapeMismatch'
  readonly at: DocumentPath

  constructor(at: DocumentPath, expectation: string) {
    super(expectation)
    this.at = at
  }
}

/** What a value must look like, as a value: one definition gives the type and the check. */
export interface Shape<T> {
  /** Returns the value as what it is, or throws ShapeMismatch. */
  read(value: unknown, at: DocumentPath): T
}

export type Shaped<S> = S extends Shape<infer T> ? T : never

type Fields = Readonly<Record<string, Shape<unknown>>>
type Shapely<F extends Fields> = { readonly [Name in keyof F]: Shaped<F[Name]> }

function primitive<T>(name: string, holds: (value: unknown) => boolean): Shape<T> {
  return {
    read(value, at) {
      if (!holds(value)) throw new ShapeMismatch(at, `expected ${name}, found ${describe(value)}`)
      return value as T
    },
  }
}

export const text = primitive<string>('a text', (value) => typeof value === 'string')
export const number = primitive<number>('a number', (value) => typeof value === 'number')
export const flag = primitive<boolean>('true or false', (value) => typeof value === 'boolean')

export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return primitive<T>(`one of ${values.join(', ')}`, (value) => values.includes(value as T))
}

/** A text of a grammar of its own; `parse` says why it is wrong by throwing an Error. */
export function written(parse: (text: string) => unknown): Shape<string> {
  return {
    read(value, at) {
      // YAML reads 2 and 7.9 as numbers; in a list of versions they are texts that look like numbers.
      const content = typeof value === 'number' ? String(value) : text.read(value, at)
      try {
        parse(content)
      } catch (error) {
        throw new ShapeMismatch(at, error instanceof Error ? error.message : 'is not valid')
      }
      return content
    },
  }
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return { read: (value, at) => (value === null ? null : shape.read(value, at)) }
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    read(value, at) {
      if (!Array.isArray(value)) throw new ShapeMismatch(at, `expected a list, found ${describe(value)}`)
      return value.map((item, index) => shape.read(item, [...at, index]))
    },
  }
}

export function dictionary<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    read(value, at) {
      const entries = Object.entries(asObject(value, at))
      return Object.fromEntries(entries.map(([key, item]) => [key, shape.read(item, [...at, key])]))
    },
  }
}

/** Fields that must be there, and nothing else: an unknown field is most often a misspelt one. */
export function object<F extends Fields>(fields: F): Shape<Shapely<F>> {
  return {
    read(value, at) {
      const source = asObject(value, at)
      refuseUnknownFields({ source, known: Object.keys(fields) }, at)
      const entries = Object.entries(fields).map(([name, shape]) => {
        if (!Object.hasOwn(source, name)) throw new ShapeMismatch(at, `the field "${name}" is missing`)
        return [name, shape.read(source[name], [...at, name])]
      })
      return Object.fromEntries(entries) as Shapely<F>
    },
  }
}

/** As `object`, but every field may be left out. */
export function partial<F extends Fields>(fields: F): Shape<Partial<Shapely<F>>> {
  return {
    read(value, at) {
      const source = asObject(value, at)
      refuseUnknownFields({ source, known: Object.keys(fields) }, at)
      const given = Object.entries(fields).filter(([name]) => Object.hasOwn(source, name))
      return Object.fromEntries(
        given.map(([name, shape]) => [name, shape.read(source[name], [...at, name])]),
      ) as Partial<Shapely<F>>
    },
  }
}

function asObject(value: unknown, at: DocumentPath): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShapeMismatch(at, `expected fields, found ${describe(value)}`)
  return value as Readonly<Record<string, unknown>>
}

function refuseUnknownFields(
  object: { readonly source: object; readonly known: readonly string[] },
  at: DocumentPath,
): void {
  const stranger = Object.keys(object.source).find((name) => !object.known.includes(name))
  if (stranger !== undefined)
    throw new ShapeMismatch([...at, stranger], `the field "${stranger}" is not known`)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'fields'
  return JSON.stringify(value).slice(0, 60)
}
