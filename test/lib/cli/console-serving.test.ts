import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { announceConsole } from '../../../src/lib/cli/announce-console.ts'
import { usualTraffic } from '../../../src/console/traffic/traffic-limits.ts'
import {
  trafficFlags,
  trafficOf,
  trafficWords,
  type TrafficFlags,
} from '../../../src/lib/cli/flags/traffic-flags.ts'
import { consoleUnit } from '../../../src/lib/cli/console-unit.ts'
import { parseListenAddress, parsePublicUrl } from '../../../src/lib/cli/flags/listen-flag.ts'
import { packagesFolderOf, packagesWords } from '../../../src/lib/cli/flags/packages-flag.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apoctl serve-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const started = {
  url: 'https://127.0.0.1:4443',
  caPath: '/data/ca.pem',
  adminCredentialPath: '/data/administrator.creds',
  firstStart: true,
}

describe('announcing a Console', () => {
  it('writes the profile local, for nobody else to read', async () => {
    const serving = await announceConsole(started, folder)
    expect(serving).toMatchObject({ profileFile: join(folder, 'local.yaml'), profileIsOurs: true })
    expect(parse(await readFile(serving.profileFile, 'utf8'))).toEqual({
      api: started.url,
      creds: started.adminCredentialPath,
      namespace: '/',
      'api-cacert': started.caPath,
    })
    expect((await stat(serving.profileFile)).mode & 0o777).toBe(0o600)
  })

  it('brings its own profile up to date, and leaves alone what somebody made their own', async () => {
    await announceConsole(started, folder)
    const moved = await announceConsole({ ...started, url: 'https://127.0.0.1:5555' }, folder)
    expect(await readFile(moved.profileFile, 'utf8')).toContain(':5555')
    await writeFile(moved.profileFile, 'api: https://elsewhere\n')
    expect((await announceConsole(started, folder)).profileIsOurs).toBe(false)
    expect(await readFile(moved.profileFile, 'utf8')).toBe('api: https://elsewhere\n')
  })
})

it('prints a unit whose words systemd reads as they were meant', () => {
  const environment = {
    env: {},
    home: '/root',
    dataDir: '/root/.apoctl',
    cacheDir: '/nowhere',
    workingDir: '/',
    programFolder: '/opt/apoctl',
    isRoot: true,
    user: 'ann',
  }
  const options = {
    listen: { host: '::', port: 4443 },
    dataDir: '/srv/50% "off"/console',
    publicUrl: 'https://console.example:4443',
    words: [
      '--cloud-cacert',
      '/etc/ca file.pem',
      ...trafficWords({ ...usualFlags, 'max-connections': 100, 'requests-per-second': 0 }),
    ],
  }
  const unit = consoleUnit(options, environment)
  expect(unit).toContain(
    `ExecStart=${process.execPath} /opt/apoctl/bin/run.js console serve --listen "[::]:4443" ` +
      '--data-dir "/srv/50%% \\"off\\"/console" --public-url https://console.example:4443 ' +
      '--cloud-cacert "/etc/ca file.pem" --requests-per-second 0 --max-connections 100\n',
  )
  expect(unit).toContain('User=ann')
})

const usualFlags = Object.fromEntries(
  Object.entries(trafficFlags).map(([name, flag]) => [name, flag.default]),
) as unknown as TrafficFlags

it('has the limits of the Console itself as its usual limits, and adds no words for them', () => {
  expect(usualTraffic).toMatchObject(trafficOf(usualFlags))
  expect(trafficWords(usualFlags)).toEqual([])
})

describe('the packages that a Console gives out', () => {
  const at = (workingDir: string) => ({ environment: { workingDir, programFolder: '/opt/apoctl' } }) as never
  it('are those that came with apoctl, or those that are named', async () => {
    await mkdir(join(folder, 'mine/linux-x64'), { recursive: true })
    expect(packagesFolderOf({}, at(folder))).toBe('/opt/apoctl/build/enforcer')
    expect(packagesWords({}, at(folder))).toEqual([])
    expect(packagesWords({ packages: 'mine' }, at(folder))).toEqual(['--packages', join(folder, 'mine')])
    expect(() => packagesFolderOf({ packages: 'yours' }, at(folder))).toThrow(
      'there is no enforcer bundle in',
    )
  })
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
      expect(() => parseListenAddress(text)).toThrow(`--listen "${text}"`)
    },
  )
  it.each(['https://console.example', 'https://10.0.0.1:4443/'])('%s can be public', (text) => {
    expect(parsePublicUrl(text)).toBe(new URL(text).origin)
  })
  it.each(['', 'console.example', 'http://x', 'https://x/path', 'https://u:p@x', 'https://x/?a=1'])(
    '%j cannot be public',
    (text) => {
      expect(() => parsePublicUrl(text)).toThrow('--public-url')
    },
  )
})
