import Database from 'libsql'
import { expect, it } from 'vitest'
import { processingUnit } from '../../../src/contract/entities/processing-unit.ts'
import { namespace } from '../../../src/contract/entities/namespace.ts'
import { parseFilter } from '../../../src/contract/filter/parse.ts'
import { planList } from '../../../src/console/store/list-plan.ts'
import { selectRows, type Prepare } from '../../../src/console/store/rows.ts'
import { schemaSql } from '../../../src/console/store/tables.ts'
import type { Scope } from '../../../src/console/store/store.ts'

/** How SQLite goes through a page, as it says itself. */
const db = new Database(':memory:')
db.exec(schemaSql([namespace, processingUnit]))

const below: Scope = { namespace: '/a', recursive: true, propagated: false }
const from = { '': ['/a/b', 5], name: ['web', '/a', 5], description: ['x', '/a', 5] } as const

interface Asked {
  readonly order?: keyof typeof from
  readonly descending?: boolean
  readonly q?: string
  readonly dense?: boolean
}

/** The plans of the first page, and of the page behind an object. */
function plansOf({ order = '', descending = false, q, dense = true }: Asked): readonly string[] {
  const filter = q === undefined ? undefined : parseFilter(q)
  if (filter?.ok === false) throw new Error(filter.problem)
  const query = {
    scope: below,
    order: order === '' ? [] : [{ attribute: order, descending }],
    filter: filter?.value,
    now: new Date(0),
    complete: (object: Record<string, unknown>) => object,
  }
  const plan = planList({ definition: processingUnit, query, dense })
  const details: string[] = []
  const explaining: Prepare = (sql) => {
    const statement = db.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    const all = (...values: unknown[]): unknown[] => {
      const rows = statement.all(...values) as { detail: string }[]
      details.push(rows.map(({ detail }) => detail).join(', '))
      return []
    }
    return { all } as unknown as Database.Statement
  }
  for (const run of [...plan.start, ...plan.behind(from[order])]) {
    selectRows(plan, { prepared: explaining, run, size: 51 })
  }
  return details
}

const sorts = /TEMP B-TREE FOR ORDER BY/

it('goes along the index on namespaces where no order is asked, and seeks the place it goes on from', () => {
  const plans = plansOf({})
  expect(plans).toHaveLength(4)
  for (const plan of plans) {
    expect(plan).toMatch(
      /^SEARCH entity_processingunit USING INDEX entity_processingunit_namespace \(namespace/,
    )
    expect(plan).not.toMatch(sorts)
  }
  expect(plans[2]).toContain('namespace=? AND rowid>?')
})

it.each([true, false])('goes along the index on a name, descending: %s', (descending) => {
  const plans = plansOf({ order: 'name', descending })
  expect(plans).toHaveLength(4)
  for (const plan of plans) {
    expect(plan).toContain('USING INDEX entity_processingunit_by_name')
    expect(plan).not.toMatch(sorts)
  }
  for (const plan of plans.slice(1)) expect(plan).toMatch(/^SEARCH/)
})

it.each(['enforcerID == x', 'ID in [a, b]', 'name == web and type == Docker', 'name == a or ID == b'])(
  'goes straight to what %s finds',
  (q) => {
    for (const plan of plansOf({ q })) expect(plan).toMatch(/USING INDEX .*(_by_|sqlite_autoindex)/)
  },
)

it('sorts an order that has no index', () => {
  for (const plan of plansOf({ order: 'description' })) expect(plan).toMatch(sorts)
})
