/**
 * Lists a large collection of a real Console in every form, and fails when the client holds more memory than
 * it may, or keeps the first row back.
 *
 *   npm run build && npx tsx test/bench/list-200k.bench.ts [objects]
 *
 * The objects go into the Console's database directly; what is measured is the client, a process of its own:
 * its largest resident memory (as the kernel counts it), and when the first row came, as a part of all the
 * time until the last. One reader is slow, to see that a client does not run ahead of who reads it.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { enforcer } from '../../src/contract/entities/enforcer.ts'
import { newObject } from '../../src/contract/entity/zero-value.ts'
import { startConsole, type RunningConsole } from '../../src/console/start-console.ts'
import { storedResources } from '../../src/console/resources/resource-table.ts'
import { openSqliteStore } from '../../src/console/store/sqlite-store.ts'

const count = Number(process.argv[2] ?? 200_000)
const mostMemoryMiB = 120
const latestFirstRow = 0.1
const work = mkdtempSync(join(tmpdir(), 'apoctl-list-bench-'))
const memoryFile = join(work, 'memory')
const preload = join(work, 'report-memory.cjs')
writeFileSync(
  preload,
  `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(memoryFile)}, String(process.resourceUsage().maxRSS)))`,
)

const world = { clock: { nowMs: Date.now }, note: () => undefined }
const options = { dataDir: join(work, 'data'), listen: { host: '127.0.0.1', port: 0 } }

function fill(): void {
  const definitions = storedResources.map(({ definition }) => definition)
  const store = openSqliteStore(join(options.dataDir, 'console.db'), { definitions, clock: world.clock })
  const now = new Date().toISOString()
  for (let from = 0; from < count; from += 10_000)
    store.write((writer) => {
      for (let at = from; at < Math.min(from + 10_000, count); at += 1) {
        const ID = at.toString(16).padStart(24, '0')
        const own = {
          ID,
          name: `host-${at}`,
          FQDN: `host-${at}.example.com`,
          machineID: `m-${at}`,
          namespace: '/',
        }
        const times = { createTime: now, updateTime: now, lastSyncTime: now }
        const associatedTags = ['team=web', `rack=${at % 100}`, `serial=${randomBytes(8).toString('hex')}`]
        const object = { ...newObject(enforcer), ...own, ...times, associatedTags }
        writer.insert(enforcer, { object, internal: {} })
      }
    })
  store.close()
}

interface Listing {
  readonly name: string
  readonly flags: readonly string[]
  readonly slowReader?: true
  /** How many objects a text holds. */
  readonly objectsIn: (text: string) => number
}

const times = (pattern: RegExp) => (text: string) => text.match(pattern)?.length ?? 0
const listings: readonly Listing[] = [
  { name: 'table', flags: [], objectsIn: times(/^host-/gm) },
  { name: 'csv', flags: ['-o', 'csv'], objectsIn: times(/^host-/gm) },
  { name: 'json', flags: ['-o', 'json'], objectsIn: times(/"ID": /g) },
  { name: 'jsonl', flags: ['-o', 'jsonl'], objectsIn: times(/"ID":/g) },
  { name: 'yaml', flags: ['-o', 'yaml', '-c', 'ID,name,associatedTags'], objectsIn: times(/ID: /g) },
  { name: 'jsonl, slow reader', flags: ['-o', 'jsonl'], slowReader: true, objectsIn: times(/"ID":/g) },
]

async function list(listing: Listing, console: RunningConsole): Promise<boolean> {
  const start = performance.now()
  let firstMs: number | undefined
  let objects = 0
  let rest = ''
  const child = spawn(process.execPath, ['bin/run.js', 'api', 'list', 'enforcers', ...listing.flags], {
    env: {
      PATH: process.env['PATH'],
      HOME: work,
      APOCTL_CREDS: console.adminCredentialPath,
      APOCTL_NAMESPACE: '/',
      NODE_OPTIONS: `--require ${preload}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    // A line may come in two parts.
    const text = rest + chunk.toString('latin1')
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    objects += listing.objectsIn(text.slice(0, end))
    if (objects > 0) firstMs ??= performance.now() - start
    if (listing.slowReader && objects < 20_000) await wait(20)
  }
  objects += listing.objectsIn(rest)
  const code = await ended
  return judge(listing, { code, objects, firstMs, allMs: performance.now() - start })
}

interface Measured {
  readonly code: number | null
  readonly objects: number
  readonly firstMs: number | undefined
  readonly allMs: number
}

async function judge({ name }: Listing, run: Measured): Promise<boolean> {
  const { readFile } = await import('node:fs/promises')
  const memoryMiB = Number(await readFile(memoryFile, 'utf8')) / 1024
  const { code, objects, firstMs = Number.NaN, allMs } = run
  const ratio = firstMs / allMs
  const fine = code === 0 && objects === count && memoryMiB < mostMemoryMiB && ratio < latestFirstRow
  process.stdout.write(
    `${fine ? 'ok  ' : 'FAIL'}  ${name.padEnd(20)} ${objects} objects  ${(allMs / 1000).toFixed(1)} s  ` +
      `first row at ${(ratio * 100).toFixed(1)} %  ${memoryMiB.toFixed(0)} MiB\n`,
  )
  return fine
}

await (await startConsole(options, world)).close()
fill()
const console = await startConsole(options, world)
let allFine = true
try {
  for (const listing of listings) allFine = (await list(listing, console)) && allFine
} finally {
  await console.close()
  rmSync(work, { recursive: true, force: true })
}
if (!allFine) process.exitCode = 1
