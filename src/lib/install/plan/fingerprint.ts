import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../contract/canonical-json.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** One text for all facts that a plan is made of: the same facts give the same, and any other gives another. */
export function fingerprintOf(facts: object): string {
  return createHash('sha256')
    .update(canonicalJson(plain(facts)))
    .digest('hex')
}

/** Maps are no objects for JSON. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return plain(Object.fromEntries(value as ReadonlyMap<string, unknown>))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
}

/** The fingerprints that hosts must have so that a plan made earlier may be carried out; by the names of hosts. */
export type ExpectedFacts = ReadonlyMap<string, string>

/** Throws APO-PLAN-CHANGED for a host that is not what it was when the plan was made. */
export function expectFacts(
  now: { readonly host: string; readonly fingerprint: string },
  expected: ExpectedFacts | undefined,
): void {
  if (expected === undefined || expected.get(now.host) === now.fingerprint) return
  throw new ApoctlError(['APO-PLAN-CHANGED', `${now.host} is not what it was when the plan was made`])
}
