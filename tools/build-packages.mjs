// Builds the enforcer as packages of Linux distributions from the enforcer bundle (npm run build:enforcer first):
//
//   npm run build:packages -- [--bundle build/enforcer/linux-x64] [--format deb|rpm|all] [--out build/packages]
//
// Needs dpkg-deb and rpmbuild. The same bundle gives the same bytes: times, order and owners are fixed.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { buildDeb } from './build-packages/build-deb.mjs'
import { buildRpm } from './build-packages/build-rpm.mjs'
import { layTree } from './build-packages/lay-tree.mjs'

const builders = { deb: buildDeb, rpm: buildRpm }
const { values: flags } = parseArgs({
  options: {
    bundle: { type: 'string', default: `build/enforcer/linux-${process.arch}` },
    format: { type: 'string', default: 'all' },
    out: { type: 'string', default: 'build/packages' },
  },
})
const formats = flags.format === 'all' ? Object.keys(builders) : [flags.format]
if (!formats.every((format) => format in builders))
  throw new Error(`--format ${flags.format}: it is one of ${Object.keys(builders).join(', ')}, all`)

const work = await mkdtemp(join(tmpdir(), 'enforcer-packages-'))
try {
  const tree = await layTree(flags.bundle, join(work, 'tree'))
  const out = resolve(flags.out)
  await mkdir(out, { recursive: true })
  for (const format of formats)
    process.stdout.write(`${await builders[format](tree, { work: join(work, format), out })}\n`)
} finally {
  await rm(work, { recursive: true, force: true })
}
