const key = '@import:label='
const reserved = /[\s=]/

/** What an import writes into the metadata of each object that it makes. */
export function labelTag(label: string): string {
  return `${key}${label}`
}

/** What is wrong with a label, if anything. */
export function labelProblem(label: string): string | undefined {
  return reserved.test(label) ? 'A label must not have spaces or =' : undefined
}

/** Tags that belong to where an object is, and do not travel with it. */
export function withoutPlace(metadata: unknown): readonly string[] {
  const list = Array.isArray(metadata) ? (metadata as string[]) : []
  return list.filter((tag) => !tag.startsWith(key) && !tag.startsWith('@org:'))
}
