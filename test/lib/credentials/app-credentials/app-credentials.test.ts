import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseAppCredentialFile } from '../../../../src/contract/app-credential-file.ts'
import type { ConsoleClient } from '../../../../src/lib/api/console-client.ts'
import { appCredentials } from '../../../../src/lib/api/endpoints/app-credentials.ts'
import { namespaces } from '../../../../src/lib/api/endpoints/namespaces.ts'
import { toLoginCredential } from '../../../../src/lib/api/login-credential.ts'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import {
  changeAppCredential,
  type WantedChange,
} from '../../../../src/lib/credentials/app-credentials/change-app-credential.ts'
import { createAppCredential } from '../../../../src/lib/credentials/app-credentials/create-app-credential.ts'
import {
  certificateFileNames,
  kubernetesName,
} from '../../../../src/lib/credentials/app-credentials/credential-form.ts'
import type { CredentialTarget } from '../../../../src/lib/credentials/app-credentials/credential-target.ts'
import { findAppCredential } from '../../../../src/lib/credentials/app-credentials/find-app-credential.ts'
import { listAppCredentials } from '../../../../src/lib/credentials/app-credentials/list-app-credentials.ts'
import { renewAppCredential } from '../../../../src/lib/credentials/app-credentials/renew-app-credential.ts'
import type { Keyring } from '../../../../src/lib/keyring/keyring.ts'
import { startTestConsole, type TestConsole } from '../../../helpers/console.ts'

const world = { clock: systemClock, random: Math.random }
const signal = new AbortController().signal
const role = '@auth:role=namespace.viewer'
let server: TestConsole
let admin: ConsoleClient
let folder: string

beforeAll(async () => {
  server = await startTestConsole()
  const login = { kind: 'app-credential', credential: toLoginCredential(server.adminCredential) } as const
  admin = openConsole({ api: server.url, namespace: '/team', login }, world)
  await namespaces(admin).create({ name: 'team' }, { namespace: '/' })
})
afterAll(async () => {
  await admin.close()
  await server.close()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apoctl-appcred-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const refuse = (): never => {
  throw new Error('nobody asked for a keyring')
}
/** Keys that stay in files are none of its business; see test/commands/keyring.test.ts for the others. */
const untouched: Keyring = { title: 'none', store: refuse, fetch: refuse, remove: refuse }
const keyrings = { keyring: untouched, undoing: untouched, reporter: { report: () => undefined } }
const context = () => ({ console: admin, namespace: '/team', signal, ...keyrings })
const make = (name: string, target: Partial<CredentialTarget> = {}) =>
  createAppCredential(
    {
      wanted: { name, roles: [role] },
      target: { form: 'json', workingDir: folder, ...target },
      dryRun: false,
    },
    context(),
  )
const all = async () => (await listAppCredentials({ recursive: false }, context())).appCredentials
const named = async (name: string) => (await all()).filter((one) => one.name === name)
const canLogIn = async (text: string): Promise<boolean> => {
  const file = parseAppCredentialFile(text)
  if (!file.ok) throw new Error(file.problem)
  const login = { kind: 'app-credential', credential: toLoginCredential(file.value) } as const
  const client = openConsole({ api: server.url, namespace: '/team', login }, world)
  return client
    .token()
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.close())
}

describe('making an app credential', () => {
  it('gives a credential file that logs in', async () => {
    const made = await make('printed')
    expect(await canLogIn(made.document ?? '')).toBe(true)
    expect(made).toMatchObject({ action: 'create', name: 'printed', namespace: '/team', files: [] })
  })

  it('writes it to a file of its owner alone', async () => {
    const out = join(folder, 'it.creds')
    const made = await make('filed', { out })
    expect(made).not.toHaveProperty('document')
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(await canLogIn(readFileSync(out, 'utf8'))).toBe(true)
  })

  it('gives a Secret that holds the file where enforcers look for it', async () => {
    const made = await make('My Enforcer', { form: 'k8s' })
    const secret = parse(made.document ?? '') as { data: Record<string, string> }
    expect(secret).toMatchObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'my-enforcer' } })
    expect(await canLogIn(Buffer.from(secret.data['aporeto.creds'] ?? '', 'base64').toString())).toBe(true)
  })

  it('writes a certificate and the key that belongs to it', async () => {
    const made = await make('ci', { form: 'cert' })
    expect(made.files).toEqual([join(folder, 'ci-cert.pem'), join(folder, 'ci-key.pem')])
    const certificate = new X509Certificate(readFileSync(join(folder, 'ci-cert.pem')))
    expect(certificate.checkPrivateKey(createPrivateKey(readFileSync(join(folder, 'ci-key.pem'))))).toBe(true)
    for (const file of made.files) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('never overwrites a file, and then asks nothing of the Console', async () => {
    writeFileSync(join(folder, 'twice-key.pem'), 'precious')
    await expect(make('twice', { form: 'cert' })).rejects.toMatchObject({ code: 'APO-FILE-EXISTS' })
    expect(readdirSync(folder)).toEqual(['twice-key.pem'])
    expect(await named('twice')).toEqual([])
  })

  it('asks nothing of the Console when there is no folder to write to', async () => {
    const out = join(folder, 'gone', 'it.creds')
    await expect(make('homeless', { out })).rejects.toMatchObject({ code: 'APO-FILE-WRITE' })
    expect(await named('homeless')).toEqual([])
  })

  it('deletes it again when it cannot be written after all', async () => {
    const out = join(folder, 'late.creds')
    // Becomes a folder after the check: the rename over it fails.
    const racing: ConsoleClient = {
      ...admin,
      call: async (call, how) => {
        const answer = await admin.call(call, how)
        if (call.method === 'POST') mkdirSync(join(out, 'x'), { recursive: true })
        return answer
      },
    }
    const options = {
      wanted: { name: 'undone', roles: [role] },
      target: { form: 'json', out, workingDir: folder },
      dryRun: false,
    } as const
    await expect(createAppCredential(options, { ...context(), console: racing })).rejects.toMatchObject({
      code: 'APO-FILE-WRITE',
    })
    expect(await named('undone')).toEqual([])
  })

  it('does nothing but say so when dry', async () => {
    const out = join(folder, 'dry.creds')
    const options = {
      wanted: { name: 'dry', roles: [role] },
      target: { form: 'json', out, workingDir: folder },
      dryRun: true,
    } as const
    expect(await createAppCredential(options, context())).toMatchObject({ dryRun: true, files: [out] })
    expect(await named('dry')).toEqual([])
    expect(existsSync(out)).toBe(false)
  })
})

describe('finding an app credential', () => {
  it('takes its name or its ID', async () => {
    const { id = '' } = await make('found')
    expect((await findAppCredential('found', context())).ID).toBe(id)
    expect((await findAppCredential(id, context())).name).toBe('found')
  })

  it('says when there is none, also for what looks like an ID', async () => {
    for (const name of ['nobody', 'a"b', '0123456789abcdef01234567'])
      await expect(findAppCredential(name, context())).rejects.toMatchObject({ code: 'APO-API-NOT-FOUND' })
  })

  it('names the candidates when several have the name', async () => {
    const ids = [await make('same'), await make('same')].map(({ id }) => id ?? '')
    const error: { hints: readonly string[] } = await findAppCredential('same', context()).then(
      () => expect.unreachable(),
      (thrown: unknown) => thrown as { hints: readonly string[] },
    )
    for (const id of ids) expect(error.hints.join()).toContain(id)
  })
})

describe('renewing an app credential', () => {
  const renew = (nameOrId: string, target: Partial<CredentialTarget> = {}) =>
    renewAppCredential(
      { nameOrId, target: { form: 'json', workingDir: folder, ...target }, dryRun: false },
      context(),
    )

  it('replaces the file by one that logs in, keeps roles, and leaves nothing beside it', async () => {
    const out = join(folder, 'mine.creds')
    await make('mine', { out })
    const former = readFileSync(out, 'utf8')
    await renew('mine', { out })
    const renewed = readFileSync(out, 'utf8')
    expect(await canLogIn(renewed)).toBe(true)
    expect(renewed).not.toBe(former)
    expect(readdirSync(folder)).toEqual(['mine.creds'])
    expect(await named('mine')).toMatchObject([{ roles: [role] }])
  })

  it('leaves the former file, which still works, when the Console says no', async () => {
    const out = join(folder, 'kept.creds')
    await make('kept', { out })
    const { ID } = await findAppCredential('kept', context())
    const refusing: ConsoleClient = {
      ...admin,
      call: (call, how) =>
        admin.call(call.method === 'PUT' ? { ...call, body: { name: '', roles: [] } } : call, how),
    }
    const options = {
      nameOrId: ID,
      target: { form: 'json', out, workingDir: folder },
      dryRun: false,
    } as const
    await expect(renewAppCredential(options, { ...context(), console: refusing })).rejects.toMatchObject({
      code: 'APO-API-REJECTED',
    })
    expect(readdirSync(folder)).toEqual(['kept.creds'])
    expect(await canLogIn(readFileSync(out, 'utf8'))).toBe(true)
  })

  it('leaves the new key on the disk and says where when the file cannot be replaced', async () => {
    const { id = '' } = await make('stuck')
    const out = join(folder, 'stuck.creds')
    mkdirSync(join(out, 'x'), { recursive: true })
    await expect(renew('stuck', { out })).rejects.toMatchObject({
      code: 'APO-FILE-WRITE',
      hints: [expect.any(String), expect.stringContaining(`${id}.new-key.pem`)],
    })
    const certificate = new X509Certificate((await findAppCredential(id, context())).certificate)
    const key = createPrivateKey(readFileSync(join(folder, `${id}.new-key.pem`)))
    expect(certificate.checkPrivateKey(key)).toBe(true)
  })

  it('asks nothing of the Console when the folder cannot be written to', async () => {
    await make('safe', { out: join(folder, 'safe.creds') })
    const before = await findAppCredential('safe', context())
    await expect(renew('safe', { out: join(folder, 'gone', 'x') })).rejects.toMatchObject({
      code: 'APO-FILE-WRITE',
    })
    expect((await findAppCredential('safe', context())).certificate).toBe(before.certificate)
    chmodSync(folder, 0o700)
  })
})

describe('changing an app credential', () => {
  const change = (nameOrId: string, wanted: WantedChange, dryRun = false) =>
    changeAppCredential({ nameOrId, change: wanted, dryRun }, context())

  it('disables and enables it', async () => {
    const { document = '' } = await make('switched')
    expect(await change('switched', { action: 'disable' })).toMatchObject({ disabled: true })
    expect(await canLogIn(document)).toBe(false)
    expect(await change('switched', { action: 'enable' })).toMatchObject({ disabled: false })
    expect(await canLogIn(document)).toBe(true)
  })

  it('sets roles and networks, and takes networks away', async () => {
    await make('set')
    const roles = ['@auth:role=enforcer']
    await change('set', { action: 'set-roles', roles })
    await change('set', { action: 'set-subnets', subnets: ['10.0.0.0/8'] })
    expect(await named('set')).toMatchObject([{ roles, authorizedSubnets: ['10.0.0.0/8'] }])
    await change('set', { action: 'set-subnets', subnets: [] })
    expect(await named('set')).toMatchObject([{ roles, authorizedSubnets: [] }])
  })

  it('deletes it, unless the answer is no', async () => {
    await make('doomed')
    const no = {
      nameOrId: 'doomed',
      change: { action: 'delete' },
      dryRun: false,
      confirm: () => Promise.reject(new Error('no')),
    } as const
    await expect(changeAppCredential(no, context())).rejects.toThrow('no')
    expect(await named('doomed')).toHaveLength(1)
    await change('doomed', { action: 'delete' })
    expect(await named('doomed')).toEqual([])
  })

  it('changes nothing when dry', async () => {
    await make('still')
    expect(await change('still', { action: 'disable' }, true)).toMatchObject({ dryRun: true, disabled: true })
    expect(await change('still', { action: 'delete' }, true)).toMatchObject({ dryRun: true })
    expect(await named('still')).toMatchObject([{ disabled: false }])
  })
})

describe('listing app credentials', () => {
  it('says what they may do and when they end', async () => {
    await make('listed')
    const [one] = await named('listed')
    expect(one).toMatchObject({ namespace: '/team', roles: [role], authorizedSubnets: [], disabled: false })
    const stored = await appCredentials(admin).get(one?.id ?? '')
    expect(Date.parse(one?.expiresAt ?? '')).toBe(Date.parse(new X509Certificate(stored.certificate).validTo))
  })
})

describe('names of files and Secrets', () => {
  it.each([
    ['Plain', 'plain', 'Plain-cert.pem'],
    ['../../etc/passwd', 'etc-passwd', '-..-etc-passwd-cert.pem'],
    ['ann@example.com-apoctl', 'ann-example.com-apoctl', 'ann@example.com-apoctl-cert.pem'],
    ['///', 'appcred', '--cert.pem'],
  ])('lead nowhere else: %s', (name, secret, file) => {
    expect(kubernetesName(name)).toBe(secret)
    expect(certificateFileNames(name).certificate).toBe(file)
  })
})
