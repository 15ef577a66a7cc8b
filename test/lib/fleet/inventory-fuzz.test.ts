import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { resolveHosts } from '../../../src/lib/fleet/resolve-hosts.ts'

const corpus = join(import.meta.dirname, '../../fixtures/inventories')
const texts = readdirSync(corpus, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'big.ini')
  .map(({ name }) => readFileSync(join(corpus, name), 'utf8'))
const pieces = [
  '[',
  ']',
  ':',
  '"',
  "'",
  '{',
  '}',
  '&a',
  '*a',
  '<<: *a',
  '!vault',
  '- ',
  '\n',
  '  ',
  '=',
  '#',
  '\\',
  '? ',
  '\t',
  '[1:9]',
  '0',
  '\u0000',
  'apoctl_x',
  '"_meta": ',
  '---',
]

it('reads whatever stands in an inventory, or says what is wrong with it', { timeout: 120_000 }, async () => {
  const edit = fc.record({ at: fc.nat(), piece: fc.constantFrom(...pieces), drop: fc.nat(6) })
  const mutated = fc.tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
  const limit = fc.constantFrom(undefined, 'all:!*1', '~.*[a-c]', '*[0]')
  await fc.assert(
    fc.asyncProperty(mutated, limit, async ([text, edits], wanted) => {
      const changed = edits.reduce((so, { at, piece, drop }) => {
        const place = at % (so.length + 1)
        return so.slice(0, place) + piece + so.slice(place + drop)
      }, text)
      const world = {
        readStandardInput: () => Promise.resolve(changed),
        runProgram: () => Promise.reject(new Error('not to be run')),
        warn: () => undefined,
        note: () => undefined,
      }
      try {
        const hosts = await resolveHosts({ targets: [], inventories: ['-'], limit: wanted }, world)
        expect(hosts.every(({ name }) => !/\s/.test(name))).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(ApoctlError)
      }
    }),
    { numRuns: 1500 },
  )
})
