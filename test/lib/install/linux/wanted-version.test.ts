import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConsoleClient, ConsoleLogin } from '../../../../src/lib/api/console-client.ts'
import { namespaces } from '../../../../src/lib/api/endpoints/namespaces.ts'
import { toLoginCredential } from '../../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { wantedVersion } from '../../../../src/lib/install/linux/wanted-version.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { issueTestToken, startTestConsole, type TestConsole } from '../../../helpers/console.ts'

const { signal } = new AbortController()
let server: TestConsole
let admin: ConsoleClient
const opened: ConsoleClient[] = []

const open = (login: ConsoleLogin): ConsoleClient => {
  const world = { clock: systemClock, random: Math.random }
  const client = openConsole(
    { api: server.url, namespace: '/', login, trust: { authoritiesPem: server.caPem } },
    world,
  )
  opened.push(client)
  return client
}

beforeAll(async () => {
  server = await startTestConsole()
  admin = open({ kind: 'app-credential', credential: toLoginCredential(server.adminCredential) })
  await namespaces(admin).create({ name: 'plain' }, { namespace: '/' })
  await namespaces(admin).create({ name: 'held', defaultEnforcerVersion: '1.2.3' }, { namespace: '/' })
  await namespaces(admin).create({ name: 'below' }, { namespace: '/held' })
})
afterAll(async () => {
  for (const client of opened) await client.close()
  await server.close()
})

const wanted = (asked: string | undefined, namespace: string, console = admin) =>
  wantedVersion(asked, { console, namespace, signal })

describe('the version that enforcers shall have', () => {
  it.each([
    ['nothing', undefined, '/held', '1.2.3'],
    ['nothing, without a default', undefined, '/plain', undefined],
    ['nothing, where only the namespace above has one', undefined, '/held/below', undefined],
    ['nothing, in the root', undefined, '/', undefined],
    ['the newest', 'latest', '/held', undefined],
    ['that of the namespace', 'namespace', '/held', '1.2.3'],
    ['another one', '2.0.0', '/held', '2.0.0'],
  ])('when asked for %s', async (_, asked, namespace, version) => {
    expect(await wanted(asked, namespace)).toBe(version)
  })

  it('is no version when that of the namespace is asked for and there is none', async () => {
    await expect(wanted('namespace', '/plain')).rejects.toMatchObject({
      code: 'APO-INPUT-MISSING',
      message: 'the namespace /plain names no default version',
    })
  })

  it('is the newest for somebody who may not look into the namespace above, and an error when asked for', async () => {
    const more = { restrictedNamespace: '/held' }
    const token = await issueTestToken(server, { credential: server.adminCredential, more })
    const guest = open({ kind: 'token', token: new Secret(token) })
    expect(await wanted(undefined, '/held', guest)).toBeUndefined()
    await expect(wanted('namespace', '/held', guest)).rejects.toMatchObject({ code: 'APO-API-FORBIDDEN' })
  })
})
