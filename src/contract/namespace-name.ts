import { parsed, problem, type Parsed } from './parsed.ts'

const segment = /^[a-zA-Z0-9_-]+$/

/** Checks the full name of a namespace: `/`, or `/a/b` without an empty part or a slash at the end. */
export function parseNamespaceName(text: string): Parsed<string> {
  if (text === '/') return parsed(text)
  if (!text.startsWith('/')) return problem(`'${text}' is not a namespace: it must start with /`)
  const wrong = text
    .slice(1)
    .split('/')
    .find((part) => !segment.test(part))
  if (wrong === '') return problem(`'${text}' is not a namespace: it has an empty part`)
  if (wrong !== undefined) {
    return problem(`'${text}' is not a namespace: '${wrong}' has more than letters, digits, - and _`)
  }
  return parsed(text)
}

/** `/a/b` for `b` in `/a`. */
export function childNamespace(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** `/a` for `/a/b`, `/` for `/a`; the root has no parent and gives the empty string. */
export function parentNamespace(name: string): string {
  if (name === '/') return ''
  return name.slice(0, Math.max(1, name.lastIndexOf('/')))
}

/** True when `name` is `top` or lies below it. `/ab` is not below `/a`. */
export function isWithinNamespace(name: string, top: string): boolean {
  return name === top || name.startsWith(top === '/' ? '/' : `${top}/`)
}

/** From the parent up to the root: `/a/b/c` gives `/a/b`, `/a`, `/`. */
export function namespacesAbove(name: string): string[] {
  const above: string[] = []
  for (let next = parentNamespace(name); next !== ''; next = parentNamespace(next)) above.push(next)
  return above
}
