import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestConsole, type TestConsole } from '../helpers/console.ts'
import { schemaProblems } from '../helpers/json-schema.ts'
import { openHungBus, openKeyringSession, type KeyringSession } from '../helpers/keyring-session.ts'
import {
  finished,
  runApoctl,
  runOnTerminal,
  scratchFolder,
  startApoctl,
  startOnTerminal,
  type ApoctlRun,
} from '../helpers/run-apoctl.ts'

let server: TestConsole
let desktop: KeyringSession
let home: string
let ca: string
let admin: string

beforeEach(async () => {
  server = await startTestConsole()
  ca = join(scratchFolder(), 'ca.pem')
  admin = join(scratchFolder(), 'admin.creds')
  writeFileSync(ca, server.caPem)
  writeFileSync(admin, server.adminCredentialText, { mode: 0o600 })
  home = mkdtempSync(join(scratchFolder(), 'home-'))
  desktop = await openKeyringSession()
  await desktop.start()
})
afterEach(async () => {
  await desktop.close()
  await server.close()
})

const at = (name: string): string => join(home, '.apoctl', name)
type Env = Readonly<Record<string, string>>
/** In the session of the desktop, unless another environment is given. */
const apoctl = (words: string, env: Env = desktop.env): Promise<ApoctlRun> =>
  runApoctl(
    words.split(' ').filter((word) => word !== ''),
    { env: { ...env, HOME: home } },
  )
const configureWords = (words: string): string =>
  `configure -A ${server.url} --api-cacert ${ca} -n / --creds ${admin} ${words}`
const configure = (words: string, env?: Env): Promise<ApoctlRun> => apoctl(configureWords(words), env)
const credentialIn = (file: string): Record<string, string> =>
  JSON.parse(readFileSync(at(file), 'utf8')) as Record<string, string>
const codeOf = (run: ApoctlRun): string => (JSON.parse(run.stderr) as { code: string }).code
const useProfile = (name: string): Env => ({ APOCTL_CONFIG_NAME: name })
const appCredentialsOf = async (profile: string): Promise<number> => {
  const list = await apoctl(`appcred list -A ${server.url} --api-cacert ${ca} -n / --creds ${admin} --json`)
  const { appCredentials } = JSON.parse(list.stdout) as { appCredentials: { name: string }[] }
  return appCredentials.filter(({ name }) => name.endsWith(`-apoctl-${profile}-credentials`)).length
}

describe('configure, where there is a keyring', () => {
  it('keeps the private key in it and everything else in the file, and says so', async () => {
    const run = await configure('--json')
    expect(run.exitCode).toBe(0)
    const report = JSON.parse(run.stdout) as { key: { account: string } }
    expect(schemaProblems('ConfiguredProfile', report)).toEqual([])
    const { key } = report
    expect(key).toEqual({ store: 'keyring', keyring: 'the keyring (Secret Service)', account: key.account })
    expect(run.stderr).toBe(
      `default: the private key is in the keyring (Secret Service), as ${key.account}\n`,
    )
    expect(await desktop.accounts()).toEqual([key.account])
    const file = credentialIn('default.creds')
    expect(file).toMatchObject({ keyringAccount: key.account, APIURL: server.url })
    expect(file).not.toHaveProperty('certificateKey')
    expect(readFileSync(at('default.creds'), 'utf8')).not.toContain(
      Buffer.from('PRIVATE KEY').toString('base64').slice(2, 12),
    )
    expect(statSync(at('default.creds')).mode & 0o777).toBe(0o600)
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('has every command log in with it, and asks it only when a token is needed', async () => {
    await configure('')
    const verify = await apoctl('auth verify --verbose')
    expect(verify.exitCode).toBe(0)
    const { keyringAccount } = credentialIn('default.creds')
    expect(verify.stderr).toContain(`key: from the keyring (Secret Service), as ${keyringAccount}`)
    expect((await apoctl('auth appcred')).stdout).toMatch(/^eyJ/)
    expect((await apoctl('appcred list')).exitCode).toBe(0)
    expect((await apoctl('api create namespace -k name a')).exitCode).toBe(0)
    expect((await apoctl('healthcheck')).exitCode).toBe(0)
    // From here on the token that was kept is good enough.
    await desktop.kill()
    expect((await apoctl('api list namespaces')).exitCode).toBe(0)
    rmSync(at('tokens'), { recursive: true })
    expect(codeOf(await apoctl('api list namespaces --json'))).toBe('APO-KEYRING-ABSENT')
  })

  it('shows for each profile where its secret is', async () => {
    await configure('--name one')
    await configure('--name two --credential-store file')
    const rows = (await apoctl('profiles')).stdout.split('\n').map((row) => row.trim().split(/\s+/))
    expect(rows.map((row) => row.at(-1))).toEqual(['SECRET', 'keyring', 'file', ''])
    const list: unknown = JSON.parse((await apoctl('profiles --json')).stdout)
    expect(schemaProblems('ProfileList', list)).toEqual([])
    expect(await desktop.accounts()).toHaveLength(1)
    const verify = await runApoctl(['auth', 'verify', '--verbose'], {
      env: { HOME: home, ...useProfile('two') },
    })
    expect(verify.stderr).toContain(`key: from ${at('two.creds')}`)
  })

  it('replaces a profile and its entry, and lets the other profile be', async () => {
    await configure('--name one')
    await configure('--name two')
    const [one, two] = [credentialIn('one.creds'), credentialIn('two.creds')]
    expect((await configure('--name one --force')).exitCode).toBe(0)
    const { keyringAccount } = credentialIn('one.creds')
    expect(keyringAccount).not.toBe(one['keyringAccount'])
    expect(await desktop.accounts()).toEqual([keyringAccount, two['keyringAccount']].sort())
    for (const name of ['one', 'two'])
      expect((await apoctl('auth verify', { ...desktop.env, ...useProfile(name) })).exitCode).toBe(0)
    expect((await configure('--name two --force --credential-store file')).exitCode).toBe(0)
    expect(await desktop.accounts()).toEqual([keyringAccount])
  })

  it('remembers an entry that it cannot take out, and has the next run do it', async () => {
    await configure('')
    const away = await configure('--force --credential-store file', {})
    expect(away.exitCode).toBe(0)
    expect(away.stderr).toContain('is of no use any longer')
    expect(await desktop.accounts()).toHaveLength(1)
    expect((await configure('--force --credential-store file')).exitCode).toBe(0)
    expect(await desktop.accounts()).toEqual([])
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('swaps and leaves nothing when two profiles are made at once', async () => {
    const names = ['one', 'two', 'three']
    const runs = await Promise.all(names.map((name) => configure(`--name ${name}`)))
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect(await desktop.accounts()).toEqual(
      names.map((name) => credentialIn(`${name}.creds`)['keyringAccount']).sort(),
    )
    for (const name of names)
      expect((await apoctl('auth verify', { ...desktop.env, ...useProfile(name) })).exitCode).toBe(0)
  })

  it('has one of several win that make the same profile at once', async () => {
    await configure('')
    const runs = await Promise.all([1, 2, 3].map(() => configure('--force --json')))
    expect(runs.filter(({ exitCode }) => exitCode === 0).length).toBeGreaterThanOrEqual(1)
    for (const run of runs) if (run.exitCode !== 0) expect(codeOf(run)).toBe('APO-PROFILE-BUSY')
    expect(await desktop.accounts()).toEqual([credentialIn('default.creds')['keyringAccount']])
    expect((await apoctl('auth verify')).exitCode).toBe(0)
  })

  it('takes the new entry out again when the profile cannot be written, and keeps the former', async () => {
    await configure('--name one')
    const former = readFileSync(at('one.creds'), 'utf8')
    const accounts = await desktop.accounts()
    rmSync(at('one.yaml'))
    mkdirSync(at('one.yaml/x'), { recursive: true })
    const run = await configure('--name one --force --json')
    expect(codeOf(run)).toBe('APO-FILE-WRITE')
    expect(readFileSync(at('one.creds'), 'utf8')).toBe(former)
    expect(await desktop.accounts()).toEqual(accounts)
  })

  it('cleans up after a run that was killed when its entry was made and its file was not', async () => {
    await configure('')
    const { keyringAccount: inUse = '' } = credentialIn('default.creds')
    const dead = spawn('true')
    await new Promise((resolve) => dead.once('close', resolve))
    const orphan = 'default-00000000-orphan'
    await desktop.store(orphan)
    const held = { pid: dead.pid, host: hostname(), accounts: [orphan, inUse] }
    writeFileSync(at('default.creds.lock'), JSON.stringify(held), { mode: 0o600 })
    expect((await configure('--force')).exitCode).toBe(0)
    expect(await desktop.accounts()).toEqual([credentialIn('default.creds')['keyringAccount']])
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('goes on after a run that was killed while it waited for the keyring', async () => {
    await desktop.lock()
    const killed = startApoctl(configureWords('').split(' ').slice(0, -1), {
      env: { ...desktop.env, HOME: home },
    })
    await expect.poll(() => existsSync(at('default.creds.lock')), { timeout: 10_000 }).toBe(true)
    const ended = finished(killed)
    killed.kill('SIGKILL')
    expect((await ended).signal).toBe('SIGKILL')
    await desktop.kill()
    await desktop.start()
    expect((await configure('')).exitCode).toBe(0)
    expect(await desktop.accounts()).toEqual([credentialIn('default.creds')['keyringAccount']])
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('leaves nothing when it is interrupted while the keyring is waited for', async () => {
    await desktop.lock()
    const words = configureWords('--name stopped').split(' ')
    const run = startOnTerminal(words, { env: { ...desktop.env, HOME: home } })
    await run.shown(/may ask for its password/)
    run.type('\u0003')
    expect((await run.ended).exitCode).toBe(130)
    for (const file of ['stopped.creds', 'stopped.yaml', 'stopped.creds.lock'])
      expect(existsSync(at(file))).toBe(false)
    expect(await appCredentialsOf('stopped')).toBe(0)
  })

  it('refuses to work beside a run that is not over', async () => {
    mkdirSync(at(''))
    const held = { pid: process.pid, host: hostname(), accounts: [] }
    writeFileSync(at('default.creds.lock'), JSON.stringify(held))
    const run = await configure('--json')
    expect(codeOf(run)).toBe('APO-PROFILE-BUSY')
    expect(await desktop.accounts()).toEqual([])
    expect(await appCredentialsOf('default')).toBe(0)
  })
})

describe('configure, where no keyring can be used', () => {
  it('keeps the key in the file and says why', async () => {
    const run = await configure('--name plain --json', {})
    expect(run.exitCode).toBe(0)
    const reason = 'the keyring (Secret Service) cannot be used: there is no session bus'
    expect(schemaProblems('ConfiguredProfile', JSON.parse(run.stdout))).toEqual([])
    expect(JSON.parse(run.stdout)).toMatchObject({ credentialStore: 'auto', key: { store: 'file', reason } })
    expect(run.stderr).toBe(`plain: the private key is in ${at('plain.creds')}: ${reason}\n`)
    expect(credentialIn('plain.creds')).toHaveProperty('certificateKey')
    expect((await apoctl('auth verify', useProfile('plain'))).exitCode).toBe(0)
  })

  it('makes nothing when only a keyring will do', async () => {
    const before = await appCredentialsOf('none')
    const run = await configure('--name none --credential-store keyring --json', {})
    expect(run.exitCode).toBe(4)
    expect(JSON.parse(run.stderr)).toMatchObject({
      code: 'APO-KEYRING-ABSENT',
      hints: [expect.stringContaining('--credential-store file')],
    })
    for (const file of ['none.creds', 'none.yaml', 'none.creds.lock'])
      expect(existsSync(at(file))).toBe(false)
    expect(await appCredentialsOf('none')).toBe(before)
  })

  it('waits for a locked one no longer than it says, with either outcome', async () => {
    await desktop.lock()
    const start = performance.now()
    const run = await configure('--name locked --credential-store keyring --json')
    expect(codeOf(run)).toBe('APO-KEYRING-TIMEOUT')
    const auto = await configure('--name locked --json')
    expect(JSON.parse(auto.stdout)).toMatchObject({ key: { store: 'file' } })
    expect(performance.now() - start).toBeLessThan(16_000)
  })

  it('says what would be kept where when dry, and asks no keyring', async () => {
    const bus = await openHungBus()
    const run = await configure('--name dry --dry-run', bus.env).finally(() => bus.close())
    expect(run.stdout).toContain('would keep the private key in the keyring where that can be used')
    expect(existsSync(at('dry.creds'))).toBe(false)
  })
})

describe('renewing the app credential of a profile', () => {
  const renew = (words: string, env?: Env): Promise<ApoctlRun> =>
    apoctl(
      `appcred renew ${credentialIn('default.creds')['ID'] ?? ''} --out ${at('default.creds')} ${words}`,
      env,
    )

  it('keeps the new key where the former was, and takes that one out', async () => {
    await configure('')
    const former = credentialIn('default.creds')
    expect((await renew('')).exitCode).toBe(0)
    const renewed = credentialIn('default.creds')
    expect(renewed['certificate']).not.toBe(former['certificate'])
    expect(renewed).not.toHaveProperty('certificateKey')
    expect(await desktop.accounts()).toEqual([renewed['keyringAccount']])
    expect((await apoctl('auth appcred')).exitCode).toBe(0)
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('asks nothing of the Console when the keyring cannot be used', async () => {
    await configure('')
    await apoctl('auth verify')
    const former = readFileSync(at('default.creds'), 'utf8')
    expect(codeOf(await renew('--json', {}))).toBe('APO-KEYRING-ABSENT')
    expect(readFileSync(at('default.creds'), 'utf8')).toBe(former)
    expect((await apoctl('auth appcred')).exitCode).toBe(0)
    expect(existsSync(at('default.creds.lock'))).toBe(false)
  })

  it('leaves no entry behind when the Console says no', async () => {
    await configure('')
    await configure('--name viewer --role namespace.viewer --credential-store file')
    const accounts = await desktop.accounts()
    const refused = await renew('--json', { ...desktop.env, ...useProfile('viewer') })
    expect(codeOf(refused)).toBe('APO-API-FORBIDDEN')
    expect(await desktop.accounts()).toEqual(accounts)
    expect(existsSync(at('default.creds.lock'))).toBe(false)
    expect((await apoctl('auth appcred')).exitCode).toBe(0)
  })
})

describe('a profile whose key is in the keyring', () => {
  beforeEach(async () => {
    await configure('')
  })

  it('says clearly when the keyring is locked, hangs or is not here, and what to do', async () => {
    await desktop.lock()
    const locked = await apoctl('auth appcred --json')
    expect(locked.exitCode).toBe(4)
    expect(JSON.parse(locked.stderr)).toMatchObject({
      code: 'APO-KEYRING-TIMEOUT',
      hints: [
        'Unlock the keyring, and run this again.',
        'Make the profile again, its key in a file: apoctl configure --force --token - --credential-store file',
      ],
    })
    const away = await apoctl('auth appcred', {})
    expect(away.stderr).toContain(`the private key for ${at('default.creds')} is needed`)
    expect(away.stderr).toContain('there is no session bus')
  })

  it('says so when the entry is gone, or is of another key', async () => {
    const { keyringAccount = '' } = credentialIn('default.creds')
    await desktop.store(keyringAccount)
    const other = await apoctl('auth appcred --json')
    expect([codeOf(other), other.exitCode]).toEqual(['APO-KEYRING-ENTRY', 3])
    expect(other.stderr).toContain('has another key')
    await desktop.remove(keyringAccount)
    expect((await apoctl('auth appcred --json')).stderr).toContain('has no entry')
  })

  it('has somebody at a terminal told that the keyring is waited for; Ctrl-C ends the wait', async () => {
    await desktop.lock()
    const run = startOnTerminal(['auth', 'appcred'], { env: { ...desktop.env, HOME: home } })
    await run.shown(/may ask for its password/)
    run.type('\u0003')
    expect((await run.ended).exitCode).toBe(130)
  })

  it('waits no minute on a terminal with --no-input', async () => {
    await desktop.lock()
    const start = performance.now()
    const run = await runOnTerminal(['auth', 'appcred', '--no-input'], {
      env: { ...desktop.env, HOME: home },
    })
    expect(run.stdout).toContain('APO-KEYRING-TIMEOUT')
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
