import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// Plants a violation of every rule of .dependency-cruiser.cjs in a small tree of its own, and wants each
// rule to see its own. That the real tree has none is what `npm run floors` says.

const root = join(import.meta.dirname, '../..')

interface Rule {
  readonly name: string
}
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
  readonly forbidden: readonly Rule[]
}

/** What is planted: where, and what it imports. `rule` must see it. */
interface Plant {
  readonly rule: string
  readonly file: string
  readonly text: string
}

const floors = [
  ['commands'],
  ['lib/cli'],
  ['lib/output'],
  ['lib/install'],
  ['lib/preflight', 'lib/ping', 'lib/queries', 'lib/credentials', 'lib/bundles', 'lib/lab', 'lib/status'],
  ['lib/fleet'],
  ['lib/platforms'],
  ['lib/transports', 'lib/api', 'lib/cloud-metadata', 'lib/keyring'],
  ['lib/progress', 'lib/async', 'lib/secrets', 'lib/errors'],
  ['contract'],
]
const rooms = floors.flat()
const resident = (room: string): string => `src/${room}/resident.ts`
const own = (file: string, target: string): string => {
  const path = relative(dirname(file), target)
  return path.startsWith('.') ? path : `./${path}`
}

/** One file a room for every room above or beside it. */
const upward: readonly Plant[] = floors.flatMap((floor, level) =>
  floor.flatMap((room) => {
    const allowed = ['lib/async lib/errors', 'lib/progress lib/secrets', 'lib/errors lib/secrets']
    const forbidden = [...floors.slice(0, level).flat(), ...floor.filter((other) => other !== room)]
    return forbidden
      .filter((other) => !allowed.includes(`${room} ${other}`))
      .map((other) => {
        const file = `src/${room}/looks-at-${other.replace('/', '-')}.ts`
        // Types count as well: every second one is only a type.
        const kind = rooms.indexOf(other) % 2 === 0 ? 'import type' : 'import'
        const text = `${kind} { Resident } from '${own(file, resident(other))}'\nexport type A = Resident\n`
        return { rule: `floor-${room.replace('/', '-')}`, file, text }
      })
  }),
)

const packages: readonly Plant[] = [
  'ssh2',
  'undici',
  '@msgpack/msgpack',
  '@napi-rs/keyring',
  'ws',
  'chalk',
  'cli-table3',
  'diff',
  'ora',
  'inquirer',
  'tar',
  '@oclif/core',
  'libsql',
  're2js',
  'koffi',
  '@peculiar/x509',
  'croner',
  'openid-client',
  'aws4',
  'otpauth',
  'uqr',
].map((name) => {
  const rule = config.forbidden.find(
    ({ name: one }) =>
      one.startsWith('owner-of-') &&
      `-${one.slice('owner-of-'.length)}-`.includes(
        `-${name.replace(/[^a-z0-9]+/gi, '-').replace(/^-/, '')}-`,
      ),
  )
  return {
    rule: rule?.name ?? `no owner of ${name}`,
    file: `src/contract/knows-${name.replace(/\W+/g, '-')}.ts`,
    text: `export const load = () => import('${name}')\n`,
  }
})

const others: readonly Plant[] = [
  {
    rule: 'no-cycles',
    file: 'src/contract/egg.ts',
    text: `import { Hen } from './hen.ts'\nexport class Egg { hen = Hen }\n`,
  },
  ...['api', 'transports', 'platforms', 'keyring'].map((room) => {
    const file = `src/commands/opens-${room}.ts`
    return {
      rule: 'commands-act-through-rooms',
      file,
      text: `import { Resident } from '${own(file, resident(`lib/${room}`))}'\nexport const a = Resident\n`,
    }
  }),
  {
    rule: 'output-sees-only-types',
    file: 'src/lib/output/makes-reports.ts',
    text: `import { Resident } from '../preflight/resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'console-stands-alone',
    file: 'src/console/uses-the-client.ts',
    text: `import { Resident } from '../lib/api/resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'console-stands-alone',
    file: 'src/console/sees-the-enforcer.ts',
    text: `import { Resident } from '../enforcer/resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'enforcer-stands-alone',
    file: 'src/enforcer/sees-the-console.ts',
    text: `import { Resident } from '../console/resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'enforcer-stands-alone',
    file: 'src/enforcer/draws-tables.ts',
    text: `import { Resident } from '../lib/output/resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'wings-are-started-by-one-command',
    file: 'src/lib/install/starts-a-console.ts',
    text: `export const a = () => import('../../console/resident.ts')\n`,
  },
  {
    rule: 'no-dev-packages-in-src',
    file: 'src/contract/tests-itself.ts',
    text: `import { it } from 'vitest'\nexport const a = it\n`,
  },
  {
    rule: 'everything-resolves',
    file: 'src/contract/imports-nothing.ts',
    text: `import { a } from './not-there.ts'\nexport const b = a\n`,
  },
  { rule: 'no-orphans', file: 'src/contract/forgotten.ts', text: 'export const a = 1\n' },
  {
    rule: 'no-rooms-that-say-nothing',
    file: 'src/lib/fleet/utils/split.ts',
    text: `import { Resident } from '../resident.ts'\nexport const a = Resident\n`,
  },
  {
    rule: 'no-use-of-rooms-that-say-nothing',
    file: 'src/lib/fleet/uses-helpers.ts',
    text: `import { leaf } from './helpers.ts'\nexport const a = leaf\n`,
  },
]

/** What looks like a violation and is none. */
const innocent: Readonly<Record<string, string>> = {
  'src/lib/output/shows-reports.ts': `import type { Resident } from '../preflight/resident.ts'\nexport type A = Resident\n`,
  'src/lib/errors/masks.ts': `import { Resident } from '../secrets/resident.ts'\nexport const a = Resident\n`,
  'src/commands/console/serve.ts': `export const a = () => import('../../console/resident.ts')\n`,
  'src/enforcer/talks.ts': `import { Resident } from '../lib/api/resident.ts'\nexport const a = Resident\n`,
  'src/lib/output/paints.ts': `export const a = () => import('chalk')\n`,
  'src/lib/fleet/core-services.ts': `import { Resident } from './resident.ts'\nexport const a = Resident\n`,
}

const plants = [...upward, ...packages, ...others]
/** Vacuous: nothing is above the commands. */
const cannotBeBroken = ['floor-commands']

describe('the floors of the house', () => {
  let tree: string
  const seen = new Set<string>()

  beforeAll(async () => {
    mkdirSync(join(root, 'build'), { recursive: true })
    tree = mkdtempSync(join(root, 'build/rules-'))
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
      cpSync(join(root, file), join(tree, file))
    const files = {
      ...Object.fromEntries(
        [...rooms, 'console', 'enforcer'].map((room) => [resident(room), 'export class Resident {}\n']),
      ),
      // A cycle is reported once, from one of its ends.
      'src/contract/hen.ts': `import { Egg } from './egg.ts'\nexport class Hen { egg = Egg }\n`,
      'src/lib/fleet/helpers.ts': 'export const leaf = 1\n',
      ...Object.fromEntries(plants.map(({ file, text }) => [file, text])),
      ...innocent,
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(tree, dirname(file)), { recursive: true })
      writeFileSync(join(tree, file), text)
    }
    const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
    const report = join(tree, 'report.json')
    const argv = [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      '--output-to',
      report,
      'src',
    ]
    // It exits with the number of violations; what it reports is what counts.
    await promisify(execFile)(process.execPath, [depcruise, ...argv], { cwd: tree }).catch(() => undefined)
    const { summary } = JSON.parse(readFileSync(report, 'utf8')) as {
      summary: { violations: readonly { from: string; rule: Rule }[] }
    }
    for (const { rule, from } of summary.violations) seen.add(`${rule.name} ${from}`)
  }, 60_000)
  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  it('are each tried by a planted violation', () => {
    const tried = new Set(plants.map(({ rule }) => rule))
    const untried = config.forbidden.map(({ name }) => name).filter((name) => !tried.has(name))
    expect(untried).toEqual(cannotBeBroken)
  })

  it.each([...new Set(plants.map(({ rule }) => rule))])('%s sees what breaks it', (rule) => {
    const planted = plants.filter((plant) => plant.rule === rule).map(({ file }) => `${rule} ${file}`)
    expect(planted.filter((one) => !seen.has(one))).toEqual([])
  })

  it.each(Object.keys(innocent))('leave %s alone', (file) => {
    const accusers = [...seen].filter((one) => one.endsWith(` ${file}`))
    expect(accusers).toEqual([])
  })
})
