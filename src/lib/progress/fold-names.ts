interface Numbered {
  readonly before: string
  readonly digits: string
  readonly after: string
}

/**
 * Folds names for people: `web01, web02, web03, db` becomes `db, web[01-03]`. Numbers fold where names
 * differ in one number alone; numbers of the same width keep their zeros.
 */
export function foldNames(names: readonly string[]): string {
  const families = new Map<string, Numbered[]>()
  const alone: string[] = []
  for (const name of new Set(names)) {
    const numbered = lastNumberOf(name)
    if (numbered === undefined) alone.push(name)
    else familyOf(families, numbered).push(numbered)
  }
  const folded = [...families.values()].flatMap(byWidth).flatMap(foldGroup)
  return [...alone, ...folded].sort(byName).join(', ')
}

function familyOf(families: Map<string, Numbered[]>, member: Numbered): Numbered[] {
  const key = JSON.stringify([member.before, member.after])
  const family = families.get(key) ?? []
  families.set(key, family)
  return family
}

/** `01` to `10` belong together, and never with `1`: a width that is padded somewhere is a group. */
function byWidth(family: readonly Numbered[]): Numbered[][] {
  const padded = new Set(family.filter(({ digits }) => /^0./.test(digits)).map(({ digits }) => digits.length))
  const free = family.filter(({ digits }) => !padded.has(digits.length))
  const fixed = [...padded].map((width) => family.filter(({ digits }) => digits.length === width))
  return [...fixed, free]
}

const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The number to fold at: the last of the host part of a name, or of an address. */
function lastNumberOf(name: string): Numbered | undefined {
  const end = /^[\d.]+$/.test(name) ? name.length : (/[.:]/.exec(name)?.index ?? name.length)
  const match = /^(.*?)(\d+)(\D*)$/.exec(name.slice(0, end))
  if (match === null) return undefined
  const [, before = '', digits = '', rest = ''] = match
  return { before, digits, after: rest + name.slice(end) }
}

function foldGroup(group: readonly Numbered[]): string[] {
  const [first] = group
  if (first === undefined) return []
  const { before, after } = first
  if (group.length === 1) return [`${before}${first.digits}${after}`]
  const sorted = [...group].sort((a, b) => Number(a.digits) - Number(b.digits))
  return [`${before}[${runsOf(sorted.map(({ digits }) => digits)).join(',')}]${after}`]
}

/** `['1', '2', '3', '7']` becomes `['1-3', '7']`. */
function runsOf(numbers: readonly string[]): string[] {
  const runs: { readonly from: string; to: string }[] = []
  for (const number of numbers) {
    const run = runs.at(-1)
    if (run !== undefined && Number(number) === Number(run.to) + 1) run.to = number
    else runs.push({ from: number, to: number })
  }
  return runs.map(({ from, to }) => (from === to ? from : `${from}-${to}`))
}
