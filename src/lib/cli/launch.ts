import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import * as module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/*
 * Loads the bundle through V8's code cache, so that it is compiled once and not at every start. Node
 * 22 and later do this themselves when asked; for Node 20 it is done here. The cache is a file of
 * ours in the user's own cache folder; anything odd about it, and the bundle is compiled afresh.
 */
type Wrapped = (...globals: readonly unknown[]) => void

const bundle = join(__dirname, 'apoctl.cjs')
const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'apoctl')

const mostCached = 60

interface CompileCache {
  enableCompileCache?: (folder: string) => unknown
}

// undici reads HTTP with WebAssembly, and optimising that takes longer than most runs do. Said before anything
// is compiled: V8 refuses code from a cache that was kept under other flags.
setFlagsFromString('--liftoff-only')
// A list of any length leaves its garbage behind page by page. V8 would let it double what it keeps before it
// looks; this way a list of 200,000 objects takes 20 MB less, and no longer.
setFlagsFromString('--heap-growing-percent=10')
// From Node 24 on it gives new objects up to 100 MB of room, too. Kept as small as it begins, that costs a long
// list half its processor time more, and anything else nothing.
if (Number(process.versions.node.split('.')[0]) >= 24) setFlagsFromString('--semi-space-growth-factor=1')

const { enableCompileCache } = module as CompileCache
if (enableCompileCache === undefined) runCached()
else {
  enableCompileCache(cacheFolder)
  module.createRequire(bundle)(bundle)
}

function runCached(): void {
  // The build sees to it that the bundle is plain ASCII.
  const source = readFileSync(bundle, 'latin1')
  const file = join(cacheFolder, `${cacheName()}.bin`)
  const cachedData = readOwn(file)
  const script = new Script(
    `(function(exports,require,module,__filename,__dirname,loadModule){${source}\n})`,
    {
      filename: bundle,
      ...(cachedData === undefined ? {} : { cachedData }),
    },
  )
  if (cachedData === undefined || script.cachedDataRejected === true)
    process.once('exit', () => keep(file, script.createCachedData()))
  const own = module.createRequire(bundle)
  ;(script.runInThisContext() as Wrapped)({}, own, {}, bundle, dirname(bundle), loadModule)
}

/**
 * Code that runs from a cache cannot import by itself: Node knows no module that it would be. The bundle
 * does it through this file, which lies beside it and finds the same packages.
 */
function loadModule(name: string): Promise<unknown> {
  return import(name)
}

/**
 * A bundle is told apart by where it is, its size and its time. The cache holds what a run has compiled,
 * so each command has its own: that of `--help` would be of little use to `api list`.
 */
function cacheName(): string {
  const { size, mtimeMs } = statSync(bundle)
  const words = process.argv.slice(2, 5).filter((word) => /^[a-z][a-z-]{1,20}$/.test(word))
  return [placeOfBundle(), size, Math.round(mtimeMs), process.version, process.arch, ...words].join('-')
}

/** Hashed by hand (FNV-1a): loading node:crypto would cost more than the cache saves. */
function placeOfBundle(): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < bundle.length; at += 1)
    hash = Math.imul(hash ^ bundle.charCodeAt(at), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/** Code from a file that another account could have written is not run. */
function readOwn(file: string): Buffer | undefined {
  let open: number | undefined
  try {
    open = openSync(file, 'r')
    const { uid, mode } = fstatSync(open)
    const mine = uid === process.getuid?.() && (mode & 0o022) === 0
    return mine ? readFileSync(open) : undefined
  } catch {
    return undefined
  } finally {
    if (open !== undefined) closeSync(open)
  }
}

/** Written at the end of the run, when V8 has compiled what a run needs; losing it costs nothing. */
function keep(file: string, data: Buffer): void {
  try {
    mkdirSync(cacheFolder, { recursive: true, mode: 0o700 })
    forgetOlder()
    writeFileSync(`${file}.${process.pid}`, data, { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // A read-only or full home folder: the next start compiles again.
  }
}

/** Removes what earlier builds in the same place have left, and never more than a few dozen files stay. */
function forgetOlder(): void {
  const { size, mtimeMs } = statSync(bundle)
  const place = `${placeOfBundle()}-`
  const current = `${place}${size}-${Math.round(mtimeMs)}-`
  const own = readdirSync(cacheFolder).filter((name) => name.startsWith(place))
  const full = own.length > mostCached
  for (const name of own) if (full || !name.startsWith(current)) rmSync(join(cacheFolder, name))
}
