import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { thisMachine, type FleetHost } from '../../../src/lib/fleet/fleet-host.ts'
import { judgeFactsFile, preflightLinux } from '../../../src/lib/preflight/preflight-linux.ts'
import { enforcer } from '../../../src/lib/preflight/requirements/enforcer.ts'
import { everyCheck } from '../../../src/lib/preflight/select-checks.ts'
import { openLocal } from '../../../src/lib/transports/local/open-local.ts'

const criteria = { set: enforcer, selection: everyCheck, strict: false }
const gone: FleetHost = { type: 'ssh', name: 'gone', address: 'gone', tags: [] }
const context = {
  signal: new AbortController().signal,
  reporter: { report: () => undefined },
  clock: { nowMs: () => Date.now() },
  ask: { confirm: () => Promise.reject(new Error('nobody must be asked')) },
  openHost: ({ host }: { readonly host: FleetHost }) =>
    host.type === 'local'
      ? Promise.resolve(openLocal({ environment: process.env }))
      : Promise.reject(new ApoctlError(['APO-SSH-UNREACHABLE', `${host.name} cannot be reached`])),
}

describe('preflightLinux', { timeout: 60_000 }, () => {
  it('judges each host on its own, and keeps facts that give the same answer again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'apoctl-facts-'))
    const factsFile = join(folder, 'facts.json')
    const options = { hosts: [thisMachine, gone], concurrency: 5, criteria, fix: false, factsFile }
    const report = await preflightLinux(options, context)
    const [here, there] = report.hosts
    expect(here?.checks.find(({ id }) => id === 'linux.kernel.module.nf_tables')).toMatchObject({
      outcome: 'pass',
    })
    expect(there).toMatchObject({
      host: 'gone',
      verdict: 'unreachable',
      error: { code: 'APO-SSH-UNREACHABLE' },
    })
    expect(report.counts.unreachable).toBe(1)
    expect((await stat(factsFile)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(factsFile, 'utf8'))).toMatchObject({ apiVersion: 'apoctl.facts/v1' })
    const again = await judgeFactsFile(factsFile, criteria)
    expect(again.hosts).toEqual([here])
    await rm(folder, { recursive: true })
  })

  it('asks no host when the selection names no check', async () => {
    const wrong = { ...criteria, selection: { ...everyCheck, only: ['linux.nothing'] } }
    const openHost = () => Promise.reject(new Error('must not be opened'))
    await expect(
      preflightLinux(
        { hosts: [thisMachine], concurrency: 1, criteria: wrong, fix: false },
        { ...context, openHost },
      ),
    ).rejects.toMatchObject({ code: 'APO-INPUT-VALUE' })
  })

  it('says which facts file cannot be read', async () => {
    await expect(judgeFactsFile('/nonexistent/facts.json', criteria)).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
      message: '/nonexistent/facts.json cannot be read (ENOENT)',
    })
  })
})
