import { apiAuthorizationPolicy } from '../../contract/entities/identity/api-authorization-policy.ts'
import type { WireObject } from '../../contract/entity/definition.ts'
import { zeroTime } from '../../contract/entity/definition.ts'
import type { ObjectStore } from '../store/store.ts'
import { createSchedule, type Schedule } from './active-schedule.ts'
import { grantOf, type Grant } from './grants.ts'
import { isInNetworks } from './networks.ts'

/** What the API authorizations give to whom, ready to be asked at each request. */
export interface PolicyBook {
  /** What holds now, from that address, for somebody with these tags. */
  grantsOf(tags: readonly string[], address: string): readonly Grant[]
  /** What somebody with these tags has at some time, from somewhere. */
  everGranted(tags: readonly string[]): readonly Grant[]
  /** What anybody might get whose claims include these tags, at any time and from anywhere. */
  grantsNaming(tags: readonly string[]): readonly Grant[]
}

export interface PolicyBookContext {
  readonly store: Pick<ObjectStore, 'list' | 'version'>
  readonly nowMs: () => number
}

interface Entry {
  readonly clause: readonly string[]
  readonly grant: Grant
  readonly subnets: readonly string[]
  readonly schedule: Schedule | undefined
  /** Infinity for one that stays. */
  readonly expiresMs: number
}

/** A page of the book: the policies that can only match who has a certain tag. */
type Index = ReadonlyMap<string, readonly Entry[]>

/** Read once and again after every change of a policy; a request looks up its own tags and nothing else. */
export function createPolicyBook({ store, nowMs }: PolicyBookContext): PolicyBook {
  let version: number | undefined
  let index: Index = new Map()
  const current = (): Index => {
    const newest = store.version(apiAuthorizationPolicy)
    if (version !== newest) {
      index = indexOf(readPolicies(store).flatMap(entriesOf))
      version = newest
    }
    return index
  }
  return {
    grantsOf: (tags, address) =>
      matching(current(), tags)
        .filter((entry) => holds(entry, { address, nowMs: nowMs() }))
        .map(({ grant }) => grant),
    everGranted: (tags) => matching(current(), tags).map(({ grant }) => grant),
    grantsNaming: (tags) =>
      [...current().values()]
        .flat()
        .filter(({ clause }) => tags.every((tag) => clause.includes(tag)))
        .map(({ grant }) => grant),
  }
}

function readPolicies(store: Pick<ObjectStore, 'list'>): readonly WireObject[] {
  return store.list(apiAuthorizationPolicy, {
    scope: { namespace: '/', recursive: true, propagated: false },
    filter: { kind: 'comparison', key: 'disabled', operator: '==', value: false },
    order: [],
    paging: { type: 'all' },
    now: new Date(0),
    complete: (object) => object,
  }).objects
}

function entriesOf(policy: WireObject): Entry[] {
  const list = (name: string): readonly string[] => policy[name] as readonly string[]
  const expires = String(policy['expirationTime'])
  const shared = {
    grant: grantOf(list('authorizedIdentities'), {
      namespaces: namespacesOf(policy),
      ...(policy['fallback'] === true ? { weight: 'fallback' as const } : {}),
    }),
    subnets: list('authorizedSubnets'),
    schedule: createSchedule(String(policy['activeSchedule']), String(policy['activeDuration'])),
    expiresMs: expires === zeroTime ? Number.POSITIVE_INFINITY : Date.parse(expires),
  }
  return (policy['subject'] as readonly (readonly string[])[]).map((clause) => ({ clause, ...shared }))
}

/** Where a policy holds: where it says, or where it is. */
export function namespacesOf(policy: WireObject): readonly string[] {
  const former = String(policy['authorizedNamespace'])
  const named = [...(policy['authorizedNamespaces'] as readonly string[]), ...(former === '' ? [] : [former])]
  return named.length > 0 ? named : [String(policy['namespace'])]
}

/** By a tag that is not the realm, which many share. */
function indexOf(entries: readonly Entry[]): Index {
  const index = new Map<string, Entry[]>()
  for (const entry of entries) {
    const tag = entry.clause.find((each) => !each.startsWith('@auth:realm=')) ?? ''
    index.set(tag, [...(index.get(tag) ?? []), entry])
  }
  return index
}

function matching(index: Index, tags: readonly string[]): readonly Entry[] {
  const held = new Set(tags)
  return tags
    .flatMap((tag) => index.get(tag) ?? [])
    .filter(({ clause }) => clause.every((tag) => held.has(tag)))
}

function holds(entry: Entry, at: { readonly address: string; readonly nowMs: number }): boolean {
  if (entry.expiresMs <= at.nowMs || !isInNetworks(at.address, entry.subnets)) return false
  return entry.schedule === undefined || entry.schedule.isActive(at.nowMs)
}
