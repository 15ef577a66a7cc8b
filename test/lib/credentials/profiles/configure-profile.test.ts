import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseAppCredentialFile } from '../../../../src/contract/app-credential-file.ts'
import type { ConsoleClient } from '../../../../src/lib/api/console-client.ts'
import { toLoginCredential } from '../../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { listAppCredentials } from '../../../../src/lib/credentials/app-credentials/list-app-credentials.ts'
import {
  configureProfile,
  type ConfigureOptions,
} from '../../../../src/lib/credentials/profiles/configure-profile.ts'
import type { Keyring } from '../../../../src/lib/keyring/keyring.ts'
import { startTestConsole, type TestConsole } from '../../../helpers/console.ts'

let server: TestConsole
let admin: ConsoleClient
let home: string
const signal = new AbortController().signal

beforeAll(async () => {
  server = await startTestConsole()
  const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
  admin = openConsole({ api: server.url, namespace: '/', login }, { clock: systemClock, random: Math.random })
})
afterAll(async () => {
  await admin.close()
  await server.close()
})
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apoctl-configure-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const refuse = (): never => {
  throw new Error('nobody asked for a keyring')
}
/** Keys that stay in files are none of its business; see test/commands/keyring.test.ts for the others. */
const untouched: Keyring = { title: 'none', store: refuse, fetch: refuse, remove: refuse }
const at = (name: string): string => join(home, '.apoctl', name)
const configure = (name: string, more: Partial<ConfigureOptions> = {}, console = admin) =>
  configureProfile(
    {
      name,
      roles: ['@auth:role=namespace.viewer'],
      force: false,
      dryRun: false,
      store: 'file',
      ...more,
    },
    {
      console,
      namespace: '/',
      signal,
      place: { home, dataDir: join(home, '.apoctl') },
      reporter: { report: () => undefined },
      keyring: untouched,
      undoing: untouched,
    },
  )
const credentialsFor = async (profile: string) => {
  const list = await listAppCredentials({ recursive: false }, { console: admin, namespace: '/', signal })
  return list.appCredentials.filter(({ name }) => name.endsWith(`-apoctl-${profile}-credentials`))
}

describe('configuring a profile', () => {
  it('makes a credential that logs in, and a profile that names it, for their owner alone', async () => {
    const made = await configure('one', { authorityFile: '/ca.pem' })
    expect(parse(readFileSync(at('one.yaml'), 'utf8'))).toEqual({
      api: server.url,
      namespace: '/',
      creds: '~/.apoctl/one.creds',
      'api-cacert': '/ca.pem',
    })
    for (const file of ['one.yaml', 'one.creds']) expect(statSync(at(file)).mode & 0o777).toBe(0o600)
    const credential = parseAppCredentialFile(readFileSync(at('one.creds'), 'utf8'))
    if (!credential.ok) throw new Error(credential.problem)
    const login = { kind: 'app-credential', credential: toLoginCredential(credential.value) } as const
    const client = openConsole(
      { api: server.url, namespace: '/', login },
      { clock: systemClock, random: Math.random },
    )
    await client.token().finally(() => client.close())
    expect(await credentialsFor('one')).toMatchObject([
      { id: made.appCredential.id, roles: ['@auth:role=namespace.viewer'] },
    ])
  })

  it.each(['two.yaml', 'two.creds'])('replaces no %s, and then asks nothing of the Console', async (file) => {
    mkdirSync(at(''))
    writeFileSync(at(file), 'mine')
    await expect(configure('two')).rejects.toMatchObject({ code: 'APO-FILE-EXISTS' })
    expect(readFileSync(at(file), 'utf8')).toBe('mine')
    expect(await credentialsFor('two')).toEqual([])
  })

  it('replaces files and credential with --force, and leaves one credential', async () => {
    const first = await configure('three')
    rmSync(at(''), { recursive: true })
    await expect(configure('three')).rejects.toMatchObject({ code: 'APO-API-DUPLICATE' })
    const second = await configure('three', { force: true })
    expect(second.appCredential.id).not.toBe(first.appCredential.id)
    expect(await credentialsFor('three')).toMatchObject([{ id: second.appCredential.id }])
  })

  it('undoes what it made when the profile cannot be written', async () => {
    mkdirSync(at('four.yaml/x'), { recursive: true })
    writeFileSync(at('four.creds'), 'former', { mode: 0o600 })
    await expect(configure('four', { force: true })).rejects.toMatchObject({ code: 'APO-FILE-WRITE' })
    expect(readFileSync(at('four.creds'), 'utf8')).toBe('former')
    expect(await credentialsFor('four')).toEqual([])
  })

  it('makes nothing when dry', async () => {
    const would = await configure('five', { dryRun: true })
    expect(would).toMatchObject({ dryRun: true, file: at('five.yaml'), credentialFile: at('five.creds') })
    expect(existsSync(at(''))).toBe(false)
    expect(await credentialsFor('five')).toEqual([])
  })

  it('takes no name that leads elsewhere', async () => {
    await expect(configure('../six')).rejects.toMatchObject({ code: 'APO-INPUT-VALUE' })
  })
})
