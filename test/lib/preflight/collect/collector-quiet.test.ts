import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildCollectorScript } from '../../../../src/lib/preflight/collect/build-script.ts'

const run = promisify(execFile)
/** Programs that make a kernel load modules merely by being started, or that are there to load them. */
const loaders = ['nft', 'iptables', 'ip6tables', 'iptables-save', 'ipset', 'conntrack', 'modprobe', 'insmod']

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl-quiet-'))
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'module'))
  await writeFile(join(folder, 'modules'), 'ext4 1 1 - Live 0x0\n')
  for (const name of loaders) {
    const stub = `#!/bin/sh\necho "${name} $*" >> '${folder}/calls'\necho kmod version 30\n`
    await writeFile(join(folder, 'bin', name), stub, { mode: 0o755 })
  }
  await writeFile(join(folder, 'calls'), '')
})
afterAll(() => rm(folder, { recursive: true }))

it('starts nothing that would load a module into a kernel that can load them', async () => {
  const script = buildCollectorScript({
    endpoints: [],
    modules: ['xt_set', 'nf_tables'],
    packages: ['ipset'],
    probeTimeoutMs: 5000,
  })
  // A kernel with modules, of which nf_tables is not loaded, whatever the one below us has.
  const there = script
    .replaceAll('/proc/modules', `${folder}/modules`)
    .replaceAll('/sys/module', `${folder}/module`)
  const env = { PATH: `${folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin` }
  const child = run('sh', ['-s'], { env, maxBuffer: 1 << 24 })
  child.child.stdin?.end(there)
  const { stdout } = await child
  expect(stdout).toContain('netfilter.nftIdle')
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter((line) => line !== '')
  expect(calls).toContain('modprobe -n -a xt_set nf_tables')
  expect(calls.filter((call) => !/^modprobe (-V|-n (-q )?-a .+|-n -q \S+)$/.test(call))).toEqual([])
})
