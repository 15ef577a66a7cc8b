import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../helpers/run-apoctl.ts'
import { demandExit, eventually, start, type EndedRun } from '../program.ts'
import { openScene, type Scene } from '../scene.ts'
import { watchSecrets, type SecretsWatch } from './watch-secrets.ts'

const planted = (what: string) => `e2e-${what}-${randomBytes(12).toString('hex')}`
const sudoPassword = planted('sudo')
const passphrase = planted('passphrase')
const loginPassword = planted('login')

let scene: Scene
let watch: SecretsWatch
/** The tool's own process ids. */
const own: number[] = [process.pid]
/** Everything that any run said or logged. */
const told: { readonly where: string; readonly text: string }[] = []
/** What must never be seen, by name; grows as secrets come to exist. */
const secrets = new Map<string, string>([
  ['the sudo password', sudoPassword],
  ['the passphrase', passphrase],
  ['the login password', loginPassword],
])

beforeAll(async () => {
  scene = await openScene({ hosts: 2 })
  for (const host of scene.lab.hosts)
    await host.addUser({ name: 'asked', sudo: 'password', password: sudoPassword })
  const folders = await Promise.all(
    scene.lab.hosts.map(async (host) => `/proc/${await host.initPid()}/root/var/lib/prisma-enforcer`),
  )
  const inside = folders.flatMap((folder) => [folder, join(folder, 'state')])
  watch = watchSecrets({ own: () => own, folders: [...inside, scratchFolder()] })
  plantKey('the key of the administrator', pemIn(readFileSync(scene.console.credential, 'utf8')))
})
afterAll(async () => {
  watch.stop()
  await scene.close()
})

/** As one account of both hosts, with every kind of secret. */
async function run(words: readonly string[], env: Readonly<Record<string, string>>): Promise<EndedRun> {
  const home = join(scene.folder, `home-${randomBytes(4).toString('hex')}`)
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  copyFileSync(scene.lab.knownHosts, join(home, '.ssh/known_hosts'))
  const logFile = join(home, 'run.log')
  const targets = scene.lab.hosts.flatMap((host) => ['--host', `asked@${host.address}`])
  const flags = ['--become', 'sudo', '--confirm', '--verbose', '--log-file', logFile]
  const known = {
    HOME: home,
    APOCTL_DEBUG: 'api',
    APOCTL_SSH_PASSWORD: loginPassword,
    APOCTL_SSH_PASSPHRASE: passphrase,
  }
  const started = start(['enforcer', ...words, ...targets, ...flags], {
    env: { ...known, APOCTL_SUDO_PASSWORD: sudoPassword, ...env },
  })
  own.push(started.child.pid ?? 0)
  const ended = await started.ended
  told.push({ where: `output of ${words.join(' ')}`, text: ended.stdout + ended.stderr })
  told.push({ where: `log file of ${words.join(' ')}`, text: readFileSync(logFile, 'utf8') })
  expect(statSync(logFile).mode & 0o077).toBe(0)
  return ended
}

/** A private key, by pieces of its text as PEM and as base64 of the PEM, as credential files have it. */
function plantKey(name: string, pem: string): void {
  const lines = pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line))
  secrets.set(name, lines[0]!)
  const encoded = Buffer.from(pem).toString('base64')
  // The beginning is the same for every key: what comes after is not.
  secrets.set(`${name}, encoded`, encoded.slice(encoded.length / 2, encoded.length / 2 + 40))
}

function pemIn(credentialFile: string): string {
  const { certificateKey } = JSON.parse(credentialFile) as { readonly certificateKey: string }
  return Buffer.from(certificateKey, 'base64').toString('utf8')
}

describe('secrets given to apoctl', () => {
  let protectedKey: string
  beforeAll(() => {
    protectedKey = join(scene.folder, 'protected-key')
    copyFileSync(scene.lab.identity, protectedKey)
    execFileSync('ssh-keygen', ['-q', '-p', '-N', passphrase, '-P', '', '-f', protectedKey])
  })
  const key = () => ['--identity', protectedKey] as const
  const place = () =>
    ['--api', scene.console.url, '--api-cacert', scene.console.authority, '-n', scene.namespace] as const

  test('serve an installation by token, through sudo, with a key that has a passphrase', async () => {
    const token = await scene.console.token()
    secrets.set('the token', token.slice(token.lastIndexOf('.') + 1))
    // All tokens of a Console begin alike: so does the one that apoctl gets for every host.
    secrets.set('any token', token.slice(0, token.indexOf('.')))
    const env = { APOCTL_TOKEN: token }
    demandExit(await run(['install', 'linux', ...place(), ...key()], env), 0)
    demandExit(await run(['uninstall', 'linux', ...place(), ...key(), '--json'], env), 0)
  })

  test('serve an installation by app credential', async () => {
    const login = ['--creds', scene.console.credential, '-n', scene.namespace]
    const words = ['install', 'linux', ...login, ...key(), '--auth-mode', 'appcred', '--json']
    demandExit(await run(words, {}), 0)
    for (const host of scene.lab.hosts) {
      const file = await host.mustRun('cat /var/lib/prisma-enforcer/default.creds')
      plantKey(`the key of the enforcer of ${host.name}`, pemIn(file))
    }
  })

  test('do not help a run that fails to say them', async () => {
    const login = ['--creds', scene.console.credential, '-n', scene.namespace]
    const [wrongSudo, wrongPhrase] = [planted('wrong-sudo'), planted('wrong-passphrase')]
    secrets.set('the wrong sudo password', wrongSudo).set('the wrong passphrase', wrongPhrase)
    const token = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from('{"sub":"x"}').toString('base64url')}.${planted('signature')}`
    secrets.set('the wrong token', token.slice(token.lastIndexOf('.') + 1))
    for (const more of [[], ['--json']]) {
      const words = ['install', 'linux', ...login, ...key(), ...more]
      demandExit(await run(words, { APOCTL_SUDO_PASSWORD: wrongSudo }), 3)
      demandExit(await run(words, { APOCTL_SSH_PASSPHRASE: wrongPhrase }), 2)
      const byToken = ['install', 'linux', ...place(), ...key(), ...more]
      demandExit(await run(byToken, { APOCTL_TOKEN: token }), 3)
    }
    const spoilt = join(scene.folder, 'spoilt.creds')
    const text = readFileSync(scene.console.credential, 'utf8')
    writeFileSync(spoilt, text.replace(/("certificateAuthority": ").*"/, '$1bm8="'), { mode: 0o600 })
    demandExit(await run(['install', 'linux', '--creds', spoilt, ...key()], {}), 2)
  })

  test('serve the enforcer, which survives a restart of the Console and of itself', async () => {
    await scene.console.kill()
    await scene.console.start()
    for (const host of scene.lab.hosts) await host.mustRun('systemctl restart prisma-enforcer')
    await eventually(
      async () => (await scene.known()).enforcers.every((one) => one.operationalStatus === 'Connected'),
      { what: 'both are connected again' },
    )
  })
})

describe('in all of that, no secret was seen', () => {
  const seenIn = (texts: readonly { readonly where: string; readonly text: string }[]) =>
    [...secrets].flatMap(([name, secret]) =>
      texts.filter(({ text }) => text.includes(secret)).map(({ where }) => `${name} in ${where}`),
    )

  test('by those who look: they would have seen it', async () => {
    const [here, there, file] = [planted('here'), planted('there'), join(scratchFolder(), 'open-file')]
    const child = spawn('sh', ['-c', 'sleep 1; true', here], { stdio: 'ignore' })
    await Promise.all([
      scene.host('host1').mustRun(`PLANTED=${there} sleep 1; true`),
      new Promise((resolve) => child.once('exit', resolve)),
      (async () => {
        writeFileSync(file, `${here} in a file`, { mode: 0o644 })
        await new Promise((resolve) => setTimeout(resolve, 300))
      })(),
    ])
    expect(watch.sightings(here)).toEqual(expect.arrayContaining([expect.stringMatching(/^cmdline/)]))
    expect(watch.sightings(`${here} in a file`)).toEqual([expect.stringContaining('open-file')])
    expect(watch.sightings(there)).toEqual(expect.arrayContaining([expect.stringMatching(/^environ/)]))
    expect(seenIn([{ where: 'a text', text: `x${sudoPassword}y` }])).toEqual(['the sudo password in a text'])
    expect(secrets.size).toBeGreaterThanOrEqual(12)
    expect(watch.rounds()).toBeGreaterThan(200)
  })

  test('in output and log files', () => {
    expect(told.length).toBeGreaterThan(10)
    expect(seenIn(told)).toEqual([])
  })

  test('in command lines and environments of processes, here and on the hosts, and in files while they were written', () => {
    expect(
      [...secrets].flatMap(([name, secret]) => watch.sightings(secret).map((where) => `${name}: ${where}`)),
    ).toEqual([])
  })

  test('in the journals of the hosts', async () => {
    const journals = await Promise.all(
      scene.lab.hosts.map(async (host) => ({
        where: `journal of ${host.name}`,
        text: await host.mustRun('journalctl --no-pager --output=json --all'),
      })),
    )
    for (const { text } of journals) expect(text).toContain('prisma-enforcer')
    expect(seenIn(journals)).toEqual([])
  })

  test('in files of the hosts that others than their owner may read', async () => {
    const needles = [...secrets.values()].join('\n')
    const find = `cat > /root/needles <<'END'\n${needles}\nEND
chmod 600 /root/needles
find / /run -xdev -type f -perm /077 -size -20M -print0 | xargs -0 grep -lFf /root/needles -- ; rm /root/needles`
    for (const host of scene.lab.hosts) expect((await host.run(find)).stdout, host.name).toBe('')
  })

  test('in files here that others than their owner may read, and in what the Console says and keeps', () => {
    const open = filesBelow(scratchFolder()).filter((file) => (statSync(file).mode & 0o077) !== 0)
    expect(open.length).toBeGreaterThan(0)
    const kept = filesBelow(scene.console.dataDir).filter((file) => /console\.db/.test(file))
    expect(kept.length).toBeGreaterThan(0)
    const files = [...open, ...kept].map((file) => ({ where: file, text: readFileSync(file, 'latin1') }))
    expect(seenIn([...files, { where: 'the log of the Console', text: scene.console.log() }])).toEqual([])
  })

  test('and what is left behind is for root alone', async () => {
    const modes = 'stat -c "%a %U %n" /var/lib/prisma-enforcer /var/lib/prisma-enforcer/*'
    for (const line of (await scene.host('host1').mustRun(modes)).trim().split('\n'))
      expect(line).toMatch(/^(700|600) root /)
  })
})

/** Files that a test wrote; the program itself, many and without secrets, is left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'program' ? [] : filesBelow(path)
    return entry.isFile() ? [path] : []
  })
}
