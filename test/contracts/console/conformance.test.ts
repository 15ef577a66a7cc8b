import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueTestToken, startTestConsole, type TestConsole } from '../../helpers/console.ts'
import { loadGroups } from './run/load-groups.ts'
import { openGroup, runCase } from './run/run-case.ts'
import type { Scene, Target } from './run/scene.ts'
import { openWire } from './run/wire.ts'

/** The embedded Console is held to the same cases as any other. */
const groups = await loadGroups()
let console: TestConsole
let target: Target
let skewMs = 0

beforeAll(async () => {
  console = await startTestConsole({ nowMs: () => Date.now() + skewMs })
  const { adminCredential, url, caPem } = console
  target = {
    url,
    caPem,
    wire: openWire(url, caPem),
    token: await issueTestToken(console, { credential: adminCredential, more: { validity: '700h' } }),
    certificate: { cert: adminCredential.certificate, key: adminCredential.certificateKey },
    scratch: '/',
    pass: (ms) => (skewMs += ms),
  }
})
afterAll(async () => {
  target.wire.close()
  await console.close()
})

for (const group of groups) {
  describe(group.title, () => {
    let scene: Scene
    beforeAll(async () => {
      scene = await openGroup(group, target)
    })

    for (const example of group.cases) {
      it(`${example.cites}: ${example.title}`, async () => {
        expect(await runCase(example, scene)).toEqual([])
      })
    }
  })
}

it('has cases enough, each of which cites a section', () => {
  const cases = groups.flatMap((group) => group.cases)
  expect(cases.length).toBeGreaterThan(500)
  for (const { title, cites } of cases) expect(cites, title).toMatch(/^§\d(\.\d)?$/)
  const titles = groups.flatMap((group) => group.cases.map(({ title }) => `${group.title}: ${title}`))
  expect(new Set(titles).size).toBe(titles.length)
})

it('leaves nothing for the Console to complain about', () => {
  expect(console.notes.filter(({ type }) => type === 'request-failed')).toEqual([])
})
