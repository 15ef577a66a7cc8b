import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endRegistration, registerEnforcer } from '../../../src/enforcer/session/register.ts'
import { openConsole } from '../../../src/lib/api/open-console.ts'
import type { ConsoleClient } from '../../../src/lib/api/console-client.ts'
import { appCredentials } from '../../../src/lib/api/endpoints/app-credentials.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import { issueTestToken, startTestConsole, type TestConsole } from '../../helpers/console.ts'

let console: TestConsole
let client: ConsoleClient
let stateFolder = ''
beforeAll(async () => {
  console = await startTestConsole()
  stateFolder = await mkdtemp(join(tmpdir(), 'apoctl-register-'))
  client = openConsole(
    {
      api: console.url,
      namespace: '/',
      login: {
        kind: 'token',
        token: new Secret(await issueTestToken(console, { credential: console.adminCredential })),
      },
      trust: { authoritiesPem: console.caPem },
    },
    { clock: systemClock, random: Math.random },
  )
})
afterAll(async () => {
  await client.close()
  await console.close()
  await rm(stateFolder, { recursive: true })
})

it('is the same registration again for an enforcer that was killed before it had saved the answer', async () => {
  const signal = new AbortController().signal
  const options = { namespace: '/', fqdn: 'web1', machineId: 'a'.repeat(32), stateFolder, signal }
  const first = await registerEnforcer(options, client)
  const again = await registerEnforcer(options, client)
  expect(again.certificatePem).toBe(first.certificatePem)
  await endRegistration(stateFolder)
  expect((await registerEnforcer(options, client)).id).not.toBe(first.id)
  expect(await appCredentials(client).count({ filter: 'name == "enforcer web1"' })).toBe(2)
})
