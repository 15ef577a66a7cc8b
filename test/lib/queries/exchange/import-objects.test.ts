import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toLoginCredential } from '../../../../src/lib/api/login-credential.ts'
import type { ConsoleClient } from '../../../../src/lib/api/console-client.ts'
import { namespaces } from '../../../../src/lib/api/endpoints/namespaces.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { renderExport } from '../../../../src/lib/output/objects/render-export.ts'
import { checkExports } from '../../../../src/lib/queries/exchange/check-exports.ts'
import { exportObjects } from '../../../../src/lib/queries/exchange/export-objects.ts'
import { importObjects } from '../../../../src/lib/queries/exchange/import-objects.ts'
import type { ImportReport } from '../../../../src/lib/queries/exchange/import-report.ts'
import { readExports } from '../../../../src/lib/queries/exchange/read-exports.ts'
import { startTestConsole, type TestConsole } from '../../../helpers/console.ts'

// What a dry run says is what then happens, of anything that anybody may import after anything else.

let server: TestConsole
let client: ConsoleClient
beforeAll(async () => {
  server = await startTestConsole()
  const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
  const world = { clock: systemClock, random: Math.random }
  client = openConsole({ api: server.url, namespace: '/', login }, world)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

type Data = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

const world = () => ({
  console: client,
  signal: new AbortController().signal,
  reporter: { report: () => undefined },
  random: Math.random,
})

async function importing(
  data: Data,
  how: { readonly namespace: string; readonly dryRun: boolean; readonly label?: string },
): Promise<ImportReport> {
  const content = await renderExport({ label: how.label ?? 'of-the-test', data }, 'json')
  const imports = checkExports(await readExports({ name: 'file', content }))
  return importObjects({ imports, mode: 'Import', override: true, ...how }, world())
}

async function exported(namespace: string): Promise<Data> {
  const options = { resources: [], label: 'x', filter: undefined, namespace, base: undefined }
  return (await exportObjects(options, world())).data
}

/** The same whatever order objects and the keys of maps are in. */
const sorted = (data: Data): unknown =>
  Object.fromEntries(
    Object.entries(data)
      .filter(([, objects]) => objects.length > 0)
      .map(([kind, objects]) => [kind, objects.map(canonical).sort()]),
  )
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  )

const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)
const isNothing = (value: unknown): boolean => ['""', '[]', '{}', 'false', 'null'].includes(canonical(value))
const withoutMetadata = (data: Data): Data =>
  Object.fromEntries(
    Object.entries(data).map(([kind, objects]) => [
      kind,
      objects.map((object) =>
        Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'metadata')),
      ),
    ]),
  )

/** Few names, so that many are there twice, come again and go. */
const name = fc.constantFrom('a', 'b', 'c', 'with space', 'ünïcode', '{{ brace }}', '"', '#', '- x')
const text = fc.oneof(fc.constant(''), fc.string({ maxLength: 40 }), fc.constantFrom('a: b', '{{x}}', 'a\nb'))
const tags = fc.uniqueArray(fc.constantFrom('a=b', 'c=d', 'e=f'), { maxLength: 3 })
const annotations = fc.dictionary(fc.constantFrom('z', 'y', 'x'), fc.array(fc.constantFrom('1', '2')))
const network = fc.record(
  {
    name,
    description: text,
    associatedTags: tags,
    annotations,
    entries: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '11.0.0.0/8', 'example.com'), { maxLength: 3 }),
    propagate: fc.boolean(),
    protected: fc.boolean(),
    metadata: fc.constantFrom(['@from=test'], []),
  },
  { requiredKeys: ['name'] },
)
const rule = fc.record(
  {
    action: fc.constantFrom('Allow', 'Reject'),
    object: fc.constantFrom([['a=b']], [['a=b'], ['c=d']]),
    protocolPorts: fc.constantFrom(['any'], ['tcp/443', 'udp/53']),
    logsDisabled: fc.boolean(),
  },
  { requiredKeys: ['object', 'protocolPorts'] },
)
const policy = fc.record(
  {
    name,
    subject: fc.constantFrom([['app=web']], [['app=web'], ['app=db']]),
    incomingRules: fc.array(rule, { maxLength: 1 }),
    disabled: fc.boolean(),
    annotations,
  },
  { requiredKeys: ['name', 'subject'] },
)
const data = fc.record(
  {
    externalnetworks: fc.array(network, { maxLength: 6 }),
    networkrulesetpolicies: fc.array(policy, { maxLength: 4 }),
  },
  { requiredKeys: [] },
)

let number = 0
async function freshNamespace(): Promise<string> {
  number += 1
  await namespaces(client).create({ name: `n${number}` }, { namespace: '/' })
  return `/n${number}`
}

describe('a dry run', () => {
  it('says what then happens, and afterwards that nothing is left to do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(data, { minLength: 1, maxLength: 4 }), async (versions) => {
        const namespace = await freshNamespace()
        const byHand = { externalnetworks: [{ name: 'a', entries: ['12.0.0.0/8'] }] }
        await importing(byHand, { namespace, dryRun: false, label: 'somebody-else' })
        for (const version of versions) {
          const before = sorted(await exported(namespace))
          const planned = await importing(version, { namespace, dryRun: true })
          expect(sorted(await exported(namespace))).toEqual(before)
          const done = await importing(version, { namespace, dryRun: false })
          expect(done.imports.map(({ objects }) => objects)).toEqual(
            planned.imports.map(({ objects }) => objects),
          )
          const again = await importing(version, { namespace, dryRun: true })
          const [{ counts } = { counts: undefined }] = again.imports
          const all = Object.values(version).flat().length
          expect(counts).toEqual({ created: 0, changed: 0, deleted: 0, unchanged: all })
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  it('says it of each attribute: what it says to become is what is there', async () => {
    await fc.assert(
      fc.asyncProperty(data, data, async (first, second) => {
        const namespace = await freshNamespace()
        await importing(first, { namespace, dryRun: false })
        const planned = await importing(second, { namespace, dryRun: true })
        const objects = planned.imports.flatMap((one) => one.objects)
        const counts = (change: string) => objects.filter((one) => one.change === change).length
        const were = Object.values(first).flat().length
        expect(counts('deleted') + counts('changed') + counts('unchanged')).toBe(were)
        await importing(second, { namespace, dryRun: false })
        // As in a namespace where nothing was before: but for metadata, which is given once.
        const elsewhere = await freshNamespace()
        await importing(second, { namespace: elsewhere, dryRun: false })
        const [after, fresh] = [await exported(namespace), await exported(elsewhere)].map(withoutMetadata)
        expect(sorted(after ?? {})).toEqual(sorted(fresh ?? {}))
        for (const { change, resource, name: called, attributes } of objects) {
          if (change === 'deleted' || change === 'unchanged') continue
          const same = (after?.[resource] ?? []).filter((one) => one['name'] === called)
          const made = attributes.filter(({ name: key, to }) => key !== 'metadata' && !isNothing(to))
          expect(same.some((one) => made.every(({ name: key, to }) => isSame(one[key], to)))).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})

describe('an export', () => {
  it('in every form reads as what it was, and makes the same elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(data, fc.constantFrom('yaml' as const, 'json' as const), async (wanted, form) => {
        const [from, to] = [await freshNamespace(), await freshNamespace()]
        await importing(wanted, { namespace: from, dryRun: false })
        const document = {
          label: 'carried',
          data: await exported(from),
        }
        const content = await renderExport(document, form)
        const imports = checkExports(await readExports({ name: 'file', content }))
        const options = { mode: 'Import', override: false, dryRun: false, namespace: to } as const
        await importObjects({ imports, ...options }, world())
        expect(await exported(to)).toEqual(await exported(from))
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})
