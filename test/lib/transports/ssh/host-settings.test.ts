import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDestination } from '../../../../src/lib/transports/ssh/destination.ts'
import { resolveHostSettings } from '../../../../src/lib/transports/ssh/host-settings.ts'
import type { SshContext, SshTarget } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../helpers/connect-to.ts'

describe('ssh_config', () => {
  const settingsOf = (config: string, target: SshTarget, changes: Partial<SshContext> = {}) => {
    const context = sshContext([], { localUser: 'me', ...changes })
    const file = join(context.home, '.ssh', 'config')
    writeFileSync(file, config)
    return resolveHostSettings(target, context)
  }

  it('has the defaults of OpenSSH when it says nothing', async () => {
    expect(await settingsOf('', { host: 'Web1' })).toMatchObject({
      hostName: 'Web1',
      keyName: 'web1',
      port: 22,
      user: 'me',
      proxyJump: [],
      identitiesOnly: false,
      acceptNewHostKeys: false,
    })
  })

  it('takes the first value that applies, and what the target says before all', async () => {
    const config =
      'Host web*\n  User first\n  Port 2200\nHost *\n  User second\n  Port 22\n  HostName %h.example.com\n'
    expect(await settingsOf(config, { host: 'web1' })).toMatchObject({
      user: 'first',
      port: 2200,
      hostName: 'web1.example.com',
    })
    expect(await settingsOf(config, { host: 'web1', user: 'mine', port: 23 })).toMatchObject({
      user: 'mine',
      port: 23,
    })
    expect(await settingsOf(config, { host: 'db' })).toMatchObject({ user: 'second', port: 22 })
  })

  it.each([
    ['Host * !web1', 'me'],
    ['Host web? db', 'bob'],
    ['Host web1.example', 'me'],
    ['Match host web*', 'bob'],
    ['Match host db,!web1', 'me'],
    ['Match all', 'bob'],
    ['Match user me', 'bob'],
    ['Match exec "true"', 'me'],
    ['Match final', 'me'],
  ])('decides whether "%s" is about web1', async (head, user) => {
    expect(await settingsOf(`${head}\n  User bob\n`, { host: 'web1' })).toMatchObject({ user })
  })

  it('runs no program for Match exec', async () => {
    const context = sshContext()
    const file = join(context.home, 'ran')
    writeFileSync(join(context.home, '.ssh', 'config'), `Match exec "touch ${file}"\n  User bob\n`)
    await resolveHostSettings({ host: 'web1' }, context)
    const { existsSync } = await import('node:fs')
    expect(existsSync(file)).toBe(false)
  })

  it('reads =, quotes, comments, capital letters and CRLF', async () => {
    const config = 'HOST web1 # the web\r\n\tIdentityFile = "~/my keys/id"\r\n  PORT=2222\r\n'
    expect(await settingsOf(config, { host: 'web1' })).toMatchObject({ port: 2222 })
    const { identityFiles } = await settingsOf('IdentityFile "~/my keys/id"\n', { host: 'web1' })
    expect(identityFiles[0]?.path).toMatch(/\/my keys\/id$/)
  })

  it('adds up identity files, after the one that was asked for, and expands tokens', async () => {
    const config = 'IdentityFile /keys/%r@%h:%p\nHost *\n  IdentityFile /keys/%u-%n%%\n'
    const { identityFiles } = await settingsOf(config, { host: 'web1', user: 'bob', identityFile: '~/mine' })
    expect(identityFiles.map(({ path }) => path.replace(/^.*\/mine$/, 'mine'))).toEqual([
      'mine',
      '/keys/bob@web1:22',
      '/keys/me-web1%',
    ])
    expect(identityFiles.map(({ required }) => required)).toEqual([true, false, false])
  })

  it('reads what it includes, within the block the Include stands in', async () => {
    const context = sshContext()
    mkdirSync(join(context.home, '.ssh', 'conf.d'))
    writeFileSync(join(context.home, '.ssh', 'conf.d', 'a.conf'), 'User included\n')
    writeFileSync(
      join(context.home, '.ssh', 'config'),
      'Host web*\n  Include conf.d/*.conf\nHost *\n  Port 2022\n',
    )
    expect(await resolveHostSettings({ host: 'web1' }, context)).toMatchObject({
      user: 'included',
      port: 2022,
    })
    const db = { ...context, memory: sshContext().memory }
    expect(await resolveHostSettings({ host: 'db' }, db)).toMatchObject({ user: 'root', port: 2022 })
  })

  it('stops at a file that includes itself', async () => {
    const context = sshContext()
    writeFileSync(join(context.home, '.ssh', 'config'), '\nInclude config\n')
    await expect(resolveHostSettings({ host: 'web1' }, context)).rejects.toThrow(
      /config:2: includes go too deep/,
    )
  })

  it('prefers its own files of known hosts, and reads how strict to be', async () => {
    const config =
      'UserKnownHostsFile ~/a /b\nStrictHostKeyChecking accept-new\nHashKnownHosts yes\nHostKeyAlias Alias\n'
    const settings = await settingsOf(config, { host: 'web1', port: 2222 })
    expect(settings.userKnownHostsFiles[0]).toMatch(/\/a$/)
    expect(settings).toMatchObject({
      acceptNewHostKeys: true,
      hashKnownHosts: true,
      keyName: 'alias',
      keyNameHasPort: false,
    })
    expect(settings.userKnownHostsFiles[1]).toBe('/b')
  })

  it('reads timeouts, and the command line wins', async () => {
    const config = 'ConnectTimeout 7\nServerAliveInterval 3\nServerAliveCountMax 2\n'
    expect(await settingsOf(config, { host: 'web1' })).toMatchObject({
      connectTimeoutMs: 7000,
      aliveIntervalMs: 3000,
      aliveCountMax: 2,
    })
    expect(await settingsOf(config, { host: 'web1' }, { connectTimeoutMs: 50 })).toMatchObject({
      connectTimeoutMs: 50,
    })
  })

  it.each([
    ['Host *\n\n  Port ssh\n', /config:3: port is a number, not "ssh"/],
    ['IdentitiesOnly perhaps\n', /config:1: identitiesonly is yes or no/],
    ['\nProxyCommand nc %h %p\n', /config:2: ProxyCommand is not supported yet/],
  ])('refuses %j and names the line', async (config, message) => {
    const attempt = settingsOf(config, { host: 'web1' })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-CONFIG', exitCode: 2 })
    await expect(attempt).rejects.toThrow(message)
  })

  it('turns an agent or a jump host off with none', async () => {
    const config = 'Host web1\n  ProxyJump none\n  IdentityAgent none\nHost *\n  ProxyJump bastion\n'
    expect(await settingsOf(config, { host: 'web1' }, { agentSocket: '/agent' })).toMatchObject({
      proxyJump: [],
      agentSocket: undefined,
    })
    expect(await settingsOf(config, { host: 'db' }, { agentSocket: '/agent' })).toMatchObject({
      proxyJump: ['bastion'],
      agentSocket: '/agent',
    })
  })
})

describe('destinations', () => {
  it.each([
    ['web1', { host: 'web1' }],
    ['root@web1:2222', { user: 'root', host: 'web1', port: 2222 }],
    ['a@b@web1', { user: 'a@b', host: 'web1' }],
    ['[::1]:22', { host: '::1', port: 22 }],
    ['root@[fe80::1%eth0]', { user: 'root', host: 'fe80::1%eth0' }],
    ['2001:db8::1', { host: '2001:db8::1' }],
    ['ssh://root@web1:22/', { user: 'root', host: 'web1', port: 22 }],
    ['10.0.0.1:65535', { host: '10.0.0.1', port: 65535 }],
  ])('reads %s', (text, destination) => {
    expect(parseDestination(text)).toEqual(destination)
  })

  it.each([
    '',
    ' ',
    'web 1',
    'web1:',
    'web1:0',
    'web1:65536',
    'web1:ssh',
    '@web1',
    '-oProxyCommand=x',
    'a@-x',
    'web1/x',
    '[::1',
    'http://web1',
  ])('refuses %j', (text) => {
    expect(parseDestination(text)).toBeUndefined()
  })
})
