import { readFileSync } from 'node:fs'
import { parseAnswers } from '../../../src/lib/preflight/facts/answers.ts'
import type { HostFacts } from '../../../src/lib/preflight/facts/host-facts.ts'
import { toFacts } from '../../../src/lib/preflight/facts/to-facts.ts'

const folder = new URL('../../fixtures/preflight/collected/', import.meta.url)

/** What the collector really said somewhere; see test/fixtures/preflight/README.md. */
export function collected(name: string): string {
  return readFileSync(new URL(`${name}.txt`, folder), 'utf8')
}

const at = { sentAtMs: 1_795_256_793_000, receivedAtMs: 1_795_256_794_000 }

/** Facts of what was really collected, with answers replaced: `{'os.release': ['ID=debian', …]}`. */
export function factsOf(name: string, replaced: Readonly<Record<string, readonly string[]>> = {}): HostFacts {
  const lines = collected(name)
    .split('\n')
    .filter((line) => !Object.keys(replaced).some((key) => line.startsWith(`@apoctl ${key} `)))
  const added = Object.entries(replaced).flatMap(([key, values]) =>
    values.map((value) => `@apoctl ${key} ${value}`),
  )
  const end = lines.findIndex((line) => line.startsWith('@apoctl end'))
  const output = [...lines.slice(0, end), ...added, ...lines.slice(end)].join('\n')
  return toFacts(parseAnswers(output, { host: 'web1' }), { host: 'web1', ...at })
}

/** Facts made of these answers alone. */
export function factsFrom(answers: Readonly<Record<string, readonly string[]>>): HostFacts {
  const lines = Object.entries(answers).flatMap(([key, values]) =>
    values.map((value) => `@apoctl ${key} ${value}`),
  )
  const output = ['@apoctl begin apoctl.collector/v1', ...lines, '@apoctl end apoctl.collector/v1'].join('\n')
  return toFacts(parseAnswers(output, { host: 'web1' }), { host: 'web1', ...at })
}
