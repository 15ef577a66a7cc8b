import { Rule } from './match.ts'
import type { Wire } from './wire.ts'
import type { EventSocket } from './event-socket.ts'

/** The Console under test, and the place in it where cases may do as they like. */
export interface Target {
  readonly url: string
  readonly caPem: string
  readonly wire: Wire
  readonly token: string
  readonly certificate: { readonly cert: string; readonly key: string }
  /** Everything happens in and below this namespace. */
  readonly scratch: string
  /** Moves the clock; absent when the clock is not ours. */
  readonly pass?: (ms: number) => void
}

/** What the steps of a case know of each other. */
export interface Scene {
  readonly target: Target
  readonly namespace: string
  readonly kept: Map<string, Kept>
  readonly sockets: Map<string, EventSocket>
}

export interface Kept {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string | undefined>>
}

const placeholder = /\{(\w+)(?:([.:])([\w.-]+|\*))?\}/g

/** Puts what was kept where a text asks for it; works on everything inside objects and lists. */
export function fillIn<Value>(value: Value, scene: Scene): Value {
  if (typeof value === 'string') return fillInText(value, scene) as Value
  if (value instanceof Rule) return value.map((part) => fillIn(part, scene)) as Value
  if (Array.isArray(value)) return value.map((item: unknown) => fillIn(item, scene)) as Value
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fillIn(item, scene)])) as Value
}

function fillInText(text: string, scene: Scene): string {
  return text.replace(placeholder, (whole, name: string, mark?: string, path: string = '') => {
    if (name === 'ns' && mark === undefined) return scene.namespace
    if (name === 'url' && mark === undefined) return scene.target.url
    if (name === 'token' && mark === undefined) return scene.target.token
    const kept = scene.kept.get(name)
    if (kept === undefined || mark === undefined) return whole
    const found = mark === ':' ? kept.headers[path] : fieldAt(kept.body, path)
    if (found === undefined) throw new Error(`${whole}: there is no such thing in what was kept`)
    return typeof found === 'string' ? found : JSON.stringify(found)
  })
}

function fieldAt(value: unknown, path: string): unknown {
  if (path === '*') return value
  let at = value
  for (const name of path.split('.')) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined
  }
  return at
}
