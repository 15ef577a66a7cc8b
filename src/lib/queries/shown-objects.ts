import type { WireObject } from '../../contract/entity/definition.ts'

/** Objects of the Console on their way to whoever asked, page by page and never all at once. */
export interface ShownObjects {
  /** Plural name on the wire: `enforcers`. */
  readonly resource: string
  /** What a table or CSV shows of each. */
  readonly columns: readonly string[]
  /** Left out of every other form too when it was asked for by name; all attributes when absent. */
  readonly fields?: readonly string[] | undefined
  readonly pages: AsyncIterable<readonly WireObject[]>
}

/** One object that was asked for as one: it is shown by itself and not as a list of one. */
export async function* onlyPage(object: WireObject): AsyncGenerator<readonly WireObject[], void, undefined> {
  yield await Promise.resolve([object])
}
