// What starting apoctl costs, as a multiple of what starting Node itself costs. Everything is measured in
// one run, interleaved, so that a busy machine slows both sides alike; the median of the rounds' ratios
// counts. Warm: the code cache is there. Cold: a first start, for information. Exits 1 above a target.
//
//   npm run bench:startup            (builds nothing: npm run build first)
//   ROUNDS=60 npm run bench:startup
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startConsole } from './startup-console.mjs'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'bin/run.js')
const rounds = Number(process.env.ROUNDS ?? 40)
const coldRounds = Math.max(3, Math.round(rounds / 5))
const scratch = mkdtempSync(join(tmpdir(), 'apoctl-bench-'))
const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))

if (!existsSync(join(root, 'dist/apoctl.cjs'))) throw new Error('no build: run npm run build first')

const bare = { name: 'node -e 0', argv: ['-e', '0'] }
const apoctl = (line, target) => ({ name: `apoctl ${line}`, argv: [program, ...line.split(' ')], target })
const subjects = [apoctl('--version', 1.3), apoctl('--help', 3.0), apoctl('explain APO-USAGE', 3.0)]
if ('preflight:linux' in commands) subjects.push(apoctl('preflight linux --help', 3.0))

const missing = ['console:serve', 'api:list'].filter((id) => !(id in commands))
const ofConsole = missing.length === 0 ? await startConsole({ program, scratch }) : undefined
if (ofConsole !== undefined)
  subjects.push({ ...apoctl('api list enforcers', 3.0), env: ofConsole.environment })
else
  process.stdout.write(
    `not measured: api list enforcers (there is no ${missing.join(', no ').replaceAll(':', ' ')} yet)\n\n`,
  )

try {
  const warm = measure({ rounds, cold: false })
  const cold = measure({ rounds: coldRounds, cold: true })
  report(warm, cold)
} finally {
  await ofConsole?.stop()
  rmSync(scratch, { recursive: true, force: true })
}

/** Median milliseconds and median ratio to bare Node of every subject. */
function measure({ rounds: count, cold }) {
  if (!cold) for (const subject of subjects) for (const _ of [1, 2, 3]) once(subject, { cold })
  const times = new Map([bare, ...subjects].map(({ name }) => [name, []]))
  for (let round = 0; round < count; round += 1)
    for (const subject of [bare, ...subjects]) times.get(subject.name).push(once(subject, { cold }))
  const base = times.get(bare.name)
  return new Map(
    [...times].map(([name, list]) => [
      name,
      { ms: median(list), ratio: median(list.map((ms, round) => ms / base[round])) },
    ]),
  )
}

function once({ name, argv, env }, { cold }) {
  const cache = cold ? mkdtempSync(join(scratch, 'cold-')) : join(scratch, 'warm')
  // NODE_EXTRA_CA_CERTS makes Node 20 parse certificates at every start; it is not what is measured here.
  const environment = { PATH: process.env.PATH, HOME: scratch, XDG_CACHE_HOME: cache, ...env }
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, argv, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== 0) throw new Error(`${name} exited ${status}: ${stderr}`)
  return ms
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function report(warm, cold) {
  const row = (cells) =>
    `${cells[0].padEnd(32)}${cells
      .slice(1)
      .map((cell) => cell.padStart(11))
      .join('')}\n`
  process.stdout.write(`Node ${process.version}, median of ${rounds} rounds warm, ${coldRounds} cold\n\n`)
  process.stdout.write(row(['', 'warm ms', 'x node', 'target', 'cold ms', 'x node']))
  for (const { name, target } of [bare, ...subjects]) {
    const [a, b] = [warm.get(name), cold.get(name)]
    const tooSlow = target !== undefined && a.ratio > target
    if (tooSlow) process.exitCode = 1
    const goal = target === undefined ? '' : `${tooSlow ? 'MISSED ' : ''}${target.toFixed(1)}`
    process.stdout.write(
      row([name, a.ms.toFixed(1), a.ratio.toFixed(2), goal, b.ms.toFixed(1), b.ratio.toFixed(2)]),
    )
  }
}
