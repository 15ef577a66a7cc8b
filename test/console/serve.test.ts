import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runServeCommand, type ServeCommandOptions } from '../../src/console/serve-command.ts'
import { checkPublicUrl, parseListenAddress } from '../../src/console/listen-address.ts'
import { callConsole } from '../helpers/console.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl serve-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const options = (more: Partial<ServeCommandOptions> = {}): ServeCommandOptions => ({
  listen: '127.0.0.1:0',
  publicUrl: undefined,
  printUnit: false,
  dataDir: join(folder, 'console'),
  profilePath: join(folder, 'home', 'local.yaml'),
  program: '/opt/apoctl/bin/run.js',
  ...more,
})

/** Serves until it said where it is, does something, and stops it. */
async function whileServing(
  served: ServeCommandOptions,
  action: (said: string) => Promise<void>,
): Promise<string> {
  const stop = new AbortController()
  let said = ''
  let tell: (text: string) => void = () => undefined
  const up = new Promise<string>((resolve) => (tell = resolve))
  const print = (text: string): void => {
    said += `${text}\n`
    if (text.includes('Ctrl-C')) tell(text)
  }
  const running = runServeCommand(served, { clock: { nowMs: Date.now }, signal: stop.signal, print })
  await Promise.race([up.then(action), running])
  stop.abort()
  await running
  return said
}

describe('serving', () => {
  it('says how to use the Console, writes the profile, and stops when told', async () => {
    const said = await whileServing(options(), async (text) => {
      const profile = parse(await readFile(join(folder, 'home', 'local.yaml'), 'utf8')) as Record<
        string,
        string
      >
      expect(Object.keys(profile)).toEqual(['api', 'namespace', 'creds', 'api-cacert'])
      const caPem = await readFile(profile['api-cacert'] ?? '', 'utf8')
      const answer = await callConsole({ url: profile['api'] ?? '', caPem }, { path: '/healthchecks' })
      expect(answer.status).toBe(200)
      expect(text).toContain(`A new Console is up at ${profile['api'] ?? ''}`)
      expect(text).toContain(profile['creds'])
      expect(text).toContain('APOCTL_CONFIG_NAME=local apoctl api list namespaces')
    })
    expect(said).not.toContain('PRIVATE')
    expect((await stat(join(folder, 'home', 'local.yaml'))).mode & 0o777).toBe(0o600)
    const again = await whileServing(options(), async () => Promise.resolve())
    expect(again).toContain('The Console is up at')
  })

  it('leaves a profile alone that somebody made their own', async () => {
    const profilePath = join(folder, 'local.yaml')
    await writeFile(profilePath, 'api: https://elsewhere\n')
    const said = await whileServing(options({ profilePath }), async () => Promise.resolve())
    expect(await readFile(profilePath, 'utf8')).toBe('api: https://elsewhere\n')
    expect(said).toContain('yours, left as it is')
    expect(said).toContain(`--creds ${join(folder, 'console', 'administrator.creds')}`)
  })
})

it('prints a unit instead, when asked', async () => {
  let unit = ''
  const world = {
    clock: { nowMs: Date.now },
    signal: new AbortController().signal,
    print: (text: string) => void (unit += text),
  }
  const asked = { printUnit: true, listen: '0.0.0.0:4443', publicUrl: 'https://console.example:4443' }
  await runServeCommand(options({ ...asked, dataDir: '/srv/50% "off"/console' }), world)
  expect(unit).toContain(
    `ExecStart=${process.execPath} /opt/apoctl/bin/run.js console serve --listen 0.0.0.0:4443 ` +
      '--data-dir "/srv/50%% \\"off\\"/console" --public-url https://console.example:4443',
  )
  expect(unit).toContain('NoNewPrivileges=yes')
})

describe('addresses', () => {
  it.each([
    ['127.0.0.1:4443', { host: '127.0.0.1', port: 4443 }],
    ['[::1]:4443', { host: '::1', port: 4443 }],
    ['console.example:1', { host: 'console.example', port: 1 }],
    [':4443', { host: '0.0.0.0', port: 4443 }],
  ])('%s is one', (text, address) => expect(parseListenAddress(text)).toEqual(address))
  it.each(['', '4443', '127.0.0.1', '::1:4443', '[::1', '[x]:1', 'a:99999', 'a:b', 'a:1:2'])(
    '%j is none',
    (text) => {
      expect(() => parseListenAddress(text)).toThrow(`--listen ${text} is not ADDRESS:PORT`)
    },
  )
  it.each(['https://console.example', 'https://10.0.0.1:4443/'])('%s can be public', (text) => {
    expect(checkPublicUrl(text)).toBe(new URL(text).origin)
  })
  it.each(['', 'console.example', 'http://x', 'https://x/path', 'https://u:p@x', 'https://x/?a=1'])(
    '%j cannot be public',
    (text) => {
      expect(() => checkPublicUrl(text)).toThrow('--public-url')
    },
  )
})
