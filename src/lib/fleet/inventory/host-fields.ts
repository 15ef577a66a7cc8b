import { parseNamespaceName } from '../../../contract/namespace-name.ts'
import { userTagProblem } from '../../../contract/tags/tag.ts'
import { isPort } from '../../transports/ssh/destination.ts'
import { hostPlatforms, type HostPlatform } from '../fleet-host.ts'

/** Reads one field of a host: the value, or what was expected instead. */
export type FieldReader<Value> = (raw: unknown) => { readonly value: Value } | { readonly expected: string }

/** What an inventory can say of a host. */
export interface HostFields {
  readonly name: string
  readonly address: string
  readonly user: string
  readonly port: number
  readonly identity: string
  readonly knownHosts: string
  readonly sudo: 'sudo' | 'doas' | 'none'
  readonly tags: readonly string[]
  readonly namespace: string
  readonly platform: HostPlatform
}

const noSpace = /^[^\s-]\S*$/

/** The fields and their readers; the keys are all the fields there are. */
export const hostFields: { readonly [Field in keyof HostFields]: FieldReader<HostFields[Field]> } = {
  name: text(noSpace, 'a name without spaces'),
  address: text(noSpace, 'a host name or an address'),
  user: text(noSpace, 'an account name'),
  port: (raw) =>
    typeof raw === 'number' && isPort(raw) ? { value: raw } : { expected: 'a port, 1 to 65535' },
  identity: text(/\S/, 'the path of a private key'),
  knownHosts: text(/\S/, 'the path of a known_hosts file'),
  sudo: (raw) => {
    if (raw === true) return { value: 'sudo' }
    if (raw === false) return { value: 'none' }
    return choice(['sudo', 'doas', 'none'] as const)(raw)
  },
  tags: readTags,
  namespace: (raw) => {
    const read = parseNamespaceName(typeof raw === 'string' ? raw : '')
    return read.ok ? { value: read.value } : { expected: 'a namespace such as /acme/web' }
  },
  platform: choice(hostPlatforms),
}

function text(pattern: RegExp, expected: string): FieldReader<string> {
  return (raw) => (typeof raw === 'string' && pattern.test(raw) ? { value: raw } : { expected })
}

function choice<Word extends string>(words: readonly Word[]): FieldReader<Word> {
  return (raw) => {
    const word = words.find((candidate) => candidate === raw)
    return word === undefined ? { expected: `one of ${words.join(', ')}` } : { value: word }
  }
}

/** A list of `key=value`, or a mapping of keys to values. */
function readTags(raw: unknown): ReturnType<FieldReader<readonly string[]>> {
  const expected = 'a list of key=value'
  if (typeof raw !== 'object' || raw === null) return { expected }
  const tags: unknown[] = Array.isArray(raw)
    ? raw
    : Object.entries(raw).map(([key, value]) => `${key}=${String(value)}`)
  for (const tag of tags) {
    const problem = typeof tag === 'string' ? userTagProblem(tag) : `${JSON.stringify(tag)} is no text`
    if (problem !== undefined) return { expected: `${expected} (${problem})` }
  }
  return { value: tags as string[] }
}
