import type { Answers } from './answers.ts'
import type { EndpointFacts, Probe } from './host-facts.ts'
import { numberOf, splitName } from './read-answer.ts'

/** What the host found on the way to each endpoint it was asked to try. */
export function endpointFacts(answers: Answers): EndpointFacts[] {
  return answers.keys().flatMap((key) => {
    const name = /^endpoint\.([A-Za-z0-9_-]+)\.address$/.exec(key)?.[1]
    return name === undefined ? [] : [endpoint(answers, name)]
  })
}

function endpoint(answers: Answers, name: string): EndpointFacts {
  const at = (what: string): string => `endpoint.${name}.${what}`
  const [host, port] = splitName(answers.first(at('address')) ?? '')
  const serverEpochMs = Date.parse(answers.first(at('date')) ?? '')
  const epochSeconds = numberOf(answers.first(at('epoch')))
  return {
    name,
    host,
    port: numberOf(port) ?? 0,
    resolve: probe(answers.first(at('resolve'))),
    tcp: probe(answers.first(at('tcp'))),
    tls: probe(answers.first(at('tls'))),
    trustSystem: probe(answers.first(at('trust.system'))),
    trustGiven: probe(answers.first(at('trust.given'))),
    serverEpochMs: Number.isNaN(serverEpochMs) ? null : serverEpochMs,
    hostEpochMs: epochSeconds === null ? null : epochSeconds * 1000,
    certificate: answers.all(at('certificate')),
  }
}

function probe(answer: string | null): Probe | null {
  if (answer === null) return null
  const [outcome, detail] = splitName(answer)
  if (outcome === 'ok' || outcome === 'failed') return { outcome, detail }
  return { outcome: 'unknown', detail: outcome === 'unknown' ? detail : answer }
}
