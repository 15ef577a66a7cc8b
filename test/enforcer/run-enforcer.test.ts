import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { appCredentials } from '../../src/lib/api/endpoints/app-credentials.ts'
import { enforcers } from '../../src/lib/api/endpoints/enforcers.ts'
import { processingUnits } from '../../src/lib/api/endpoints/processing-units.ts'
import type { ConsoleClient } from '../../src/lib/api/console-client.ts'
import { startConsoleProcess, type ConsoleProcess } from './console-process.ts'
import {
  administrate,
  inventory,
  killed,
  makeHost,
  registrationToken,
  type EnforcerHost,
  type RunningEnforcer,
} from './enforcer-host.ts'

// Processes are started and ended here; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let console: ConsoleProcess
let admin: ConsoleClient
let host: EnforcerHost
const running: RunningEnforcer[] = []

beforeEach(async () => {
  host = await makeHost()
  console = await startConsoleProcess(join(host.folder, 'console'))
  admin = await administrate(console)
})
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop().catch(() => undefined)
  await admin.close()
  await console.end('SIGTERM')
  await host.remove()
})

function start(): RunningEnforcer {
  const enforcer = host.start()
  running.push(enforcer)
  return enforcer
}
async function configure(settings: Record<string, string> = {}): Promise<void> {
  await host.configure({
    ENFORCERD_API: console.url,
    ENFORCERD_API_CACERT: console.caPath,
    ENFORCERD_TOKEN: await registrationToken(console),
    ...settings,
  })
}
const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 45_000, interval: 50 })
const connected = () =>
  eventually(async () => {
    const { enforcers: all, units } = await inventory(admin)
    expect(all.map((one) => one.operationalStatus)).toEqual(['Connected'])
    // Units of an enforcer that is gone are the Console's to clear away.
    const mine = units.filter(({ enforcerID }) => enforcerID === all[0]?.ID)
    expect(mine.map((one) => one.operationalStatus)).toEqual(['Running'])
  })
const listening = (enforcer: RunningEnforcer, times = 1) =>
  eventually(() => {
    expect(enforcer.lines.filter((line) => line.includes('event socket open')).length).toBeGreaterThanOrEqual(
      times,
    )
  })
describe('the first start', () => {
  it('registers by token, makes its own credential, and forgets the token', async () => {
    const token = await registrationToken(console)
    await configure({ ENFORCERD_TOKEN: token, ENFORCERD_OPTS: `"--tag 'color=dark blue' --tag size=big"` })
    const enforcer = start()
    await connected()
    const { enforcers: all, units, credentials } = await inventory(admin)
    expect(all[0]).toMatchObject({ currentVersion: '1.2.3', enforcementStatus: 'Inactive' })
    expect(all[0]?.associatedTags).toEqual(['color=dark blue', 'size=big'])
    expect(units[0]).toMatchObject({ type: 'Host', enforcerID: all[0]?.ID, enforcementStatus: 'Inactive' })
    expect(units[0]?.normalizedTags).toEqual(
      expect.arrayContaining([
        '$identity=processingunit',
        '$type=Host',
        '@sys:distribution=debian',
        'color=dark blue',
      ]),
    )
    expect(credentials.map(({ roles }) => roles)).toEqual([['@auth:role=enforcer']])
    expect(await host.read('prisma-enforcer.conf')).not.toContain('TOKEN')
    for (const file of ['prisma-enforcer.conf', 'default.creds', 'state/enforcer.json'])
      expect((await stat(join(host.folder, file))).mode & 0o777).toBe(0o600)
    expect(enforcer.lines.join('\n')).not.toContain(token)
  })

  it('works without a Console, and registers when there is one', async () => {
    await configure()
    await console.end('SIGTERM')
    const enforcer = start()
    await eventually(() => expect(enforcer.lines.join('\n')).toContain('APO-API-UNREACHABLE'))
    await console.startAgain()
    await connected()
  })

  it('keeps trying with a token that the Console does not take, and says so', async () => {
    await configure({ ENFORCERD_TOKEN: 'eyJhbGciOiJFUzI1NiJ9.e30.wrong' })
    const enforcer = start()
    await eventually(() => expect(enforcer.lines.join('\n')).toContain('APO-API-AUTH'))
    await enforcer.stop()
    expect(await host.read('prisma-enforcer.conf')).toContain('TOKEN')
    expect((await inventory(admin)).credentials).toEqual([])
  })

  it('refuses a Console that nobody vouches for', async () => {
    await configure({ ENFORCERD_API_CACERT: '' })
    const enforcer = start()
    await eventually(() => expect(enforcer.lines.join('\n')).toContain('APO-API-TLS'))
  })

  it('ends when there is nothing to log in with', async () => {
    await configure({ ENFORCERD_TOKEN: '' })
    await expect(host.start().over).rejects.toMatchObject({ code: 'APO-ENFORCER-CONFIG' })
  })

  it('makes no processing unit of the host when host mode is off', async () => {
    await configure({ ENFORCERD_ENABLE_HOST_MODE: 'false' })
    await listening(start())
    const { enforcers: all, units } = await inventory(admin)
    expect([all.length, units.length]).toEqual([1, 0])
  })
})

describe('a later start', () => {
  it('adopts what is there', async () => {
    await configure()
    const first = start()
    await connected()
    const before = await inventory(admin)
    await first.stop()
    const second = start()
    await listening(second)
    await connected()
    const after = await inventory(admin)
    const ids = (all: typeof before) =>
      [all.enforcers, all.units, all.credentials].map((list) => list.map(({ ID }) => ID))
    expect(ids(after)).toEqual(ids(before))
  })

  it('finds itself again without its memory', async () => {
    await configure()
    const first = start()
    await connected()
    await first.stop()
    const { rm } = await import('node:fs/promises')
    await rm(join(host.folder, 'state'), { recursive: true })
    await listening(start())
    await connected()
  })

  it('takes a new token when its credential was deleted', async () => {
    await configure()
    const first = start()
    await connected()
    await first.stop()
    const { credentials } = await inventory(admin)
    await appCredentials(admin).delete(credentials[0]?.ID ?? '')
    await configure()
    await listening(start())
    const after = await inventory(admin)
    expect(after.credentials.map(({ ID }) => ID)).not.toEqual(credentials.map(({ ID }) => ID))
  })
})

describe('a running enforcer', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('survives a Console that ends by %s', async (signal) => {
    await configure()
    const enforcer = start()
    await connected()
    await listening(enforcer)
    const [before] = (await inventory(admin)).enforcers
    await console.end(signal)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await console.startAgain()
    await listening(enforcer, 2)
    await eventually(async () => {
      const [after] = (await inventory(admin)).enforcers
      expect(Date.parse(after?.lastSyncTime ?? '')).toBeGreaterThan(Date.parse(before?.lastSyncTime ?? ''))
    })
    await connected()
  })

  it('renews its token before it ends, on the event socket too', async () => {
    await console.end('SIGTERM')
    await console.startAgain({ maxTokenValidityMs: 8000 })
    await configure()
    const enforcer = start()
    await connected()
    await listening(enforcer)
    await new Promise((resolve) => setTimeout(resolve, 12_000))
    await connected()
    expect(enforcer.lines.join('\n')).not.toMatch(/APO-API-AUTH|socket closed/)
  })

  it.each(['processing unit', 'enforcer'] as const)('makes its %s again when it is deleted', async (what) => {
    await configure()
    const enforcer = start()
    await connected()
    await listening(enforcer)
    const { enforcers: all, units } = await inventory(admin)
    if (what === 'enforcer') await enforcers(admin).delete(all[0]?.ID ?? '')
    else await processingUnits(admin).delete(units[0]?.ID ?? '')
    await eventually(() => expect(enforcer.lines.join('\n')).toContain('registering again'))
    await listening(enforcer, 2)
    await connected()
  })

  it('says goodbye', async () => {
    await configure()
    const enforcer = start()
    await connected()
    await enforcer.stop()
    const { enforcers: all, units } = await inventory(admin)
    expect(all.map((one) => one.operationalStatus)).toEqual(['Disconnected'])
    expect(units.map((one) => one.operationalStatus)).toEqual(['Stopped'])
  })

  it('stops in time when the Console is gone', async () => {
    await configure()
    const enforcer = start()
    await connected()
    await listening(enforcer)
    await console.end('SIGTERM')
    const startedMs = Date.now()
    await enforcer.stop()
    expect(Date.now() - startedMs).toBeLessThan(6000)
  })
})

describe('a process that is killed', () => {
  it('comes back as the one it was', async () => {
    await configure()
    const first = host.startProcess()
    await connected()
    const before = await inventory(admin)
    await killed(first.child, 'SIGKILL')
    const second = host.startProcess()
    await eventually(() => expect(second.lines.join('\n')).toContain('event socket open'))
    await connected()
    const after = await inventory(admin)
    expect(after.enforcers.map(({ ID }) => ID)).toEqual(before.enforcers.map(({ ID }) => ID))
    expect(after.units.map(({ ID }) => ID)).toEqual(before.units.map(({ ID }) => ID))
    expect(after.credentials).toHaveLength(1)
    expect(await killed(second.child, 'SIGTERM')).toBe(0)
  }, 120_000)

  it('leaves one of each, whenever during its registration it is killed', async () => {
    await configure()
    for (const afterMs of [600, 700, 800, 900, 1000]) {
      const { child } = host.startProcess()
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await killed(child, 'SIGKILL')
    }
    const last = host.startProcess()
    await connected().catch((error: unknown) => {
      throw new Error(`not connected; the enforcer said: ${last.lines.join(' / ')}`, { cause: error })
    })
    expect((await inventory(admin)).credentials).toHaveLength(1)
    await killed(last.child, 'SIGTERM')
  }, 120_000)
})
