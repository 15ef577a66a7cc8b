import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestConsole, type TestConsole } from '../helpers/console.ts'
import { runApoctl } from '../helpers/run-apoctl.ts'
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from '../lib/api/scripted-server.ts'

let console: TestConsole
beforeAll(async () => {
  console = await startTestConsole()
})
afterAll(() => console.close())

/** Asks a server that plays a sick Console, which a real one cannot be made to be. */
async function askSick(script: readonly ScriptedAnswer[], words: readonly string[] = []) {
  const server: ScriptedServer = await startScriptedServer(script)
  try {
    return await runApoctl(['healthcheck', '--api', server.api, '--api-skip-verify', '-q', ...words])
  } finally {
    await server.close()
  }
}
const offline = { status: 218, body: [{ type: 'Database', status: 'Offline', alerts: ['full\u001b[2J'] }] }
const well = { status: 200, body: [{ type: 'Database', status: 'Operational' }] }

describe('healthcheck', () => {
  it('needs no login, and knows the Console from a credential', async () => {
    const run = await runApoctl(['healthcheck', '--creds', console.adminCredentialPath])
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/Database +sqlite +Operational/)
    expect(run.stdout).toContain(`${console.url} is operational`)
  })

  it.each([
    ['a part that is down', offline, 1, 'degraded'],
    ['nothing but a gateway', { status: 503, body: [{ code: 503, title: 'x' }] }, 1, 'down'],
  ])('ends with 1 for %s', async (_what, answer, exitCode, condition) => {
    const run = await askSick([answer], ['--json'])
    expect(run.exitCode).toBe(exitCode)
    const parts = condition === 'down' ? [] : [{ type: 'Database', status: 'Offline' }]
    expect(JSON.parse(run.stdout)).toMatchObject({ kind: 'ConsoleHealthReport', condition, parts })
  })

  it('shows what is wrong, without what would act on the terminal', async () => {
    const run = await askSick([offline])
    expect(run.stdout).toMatch(/Database +Offline +full\n/)
  })

  it('waits until all is well', async () => {
    const run = await askSick([offline, well], ['--wait', '10s'])
    expect([run.exitCode, run.stdout.includes('Operational')]).toEqual([0, true])
  })

  it('says how it is when the wait is over', async () => {
    expect(await askSick([offline, offline, offline], ['--wait', '1500ms'])).toMatchObject({ exitCode: 1 })
  })

  it('ends with 4 when nobody answers', async () => {
    const run = await runApoctl(['healthcheck', '--api', 'https://127.0.0.1:1'])
    expect([run.exitCode, run.stdout]).toEqual([4, ''])
    expect(run.stderr).toContain('--wait 1m')
  })

  it('ends at once when the certificate is not trusted: no wait heals that', async () => {
    const run = await runApoctl(['healthcheck', '--api', console.url, '--wait', '1m'])
    expect(run.exitCode).toBe(4)
    expect(run.stderr).toContain('APO-API-TLS')
  })
})
