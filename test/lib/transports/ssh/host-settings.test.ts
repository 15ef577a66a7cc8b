import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDestination } from '../../../../src/lib/transports/ssh/destination.ts'
import { resolveHostSettings } from '../../../../src/lib/transports/ssh/host-settings.ts'
import type { SshContext, SshTarget } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../helpers/connect-to.ts'

/** What ssh -G says as well is compared with it in `config/`. This is about what we make of it. */
describe('the settings of a host', () => {
  const settingsOf = (config: string, target: SshTarget, changes: Partial<SshContext> = {}) => {
    const context = sshContext([], { localUser: 'me', ...changes })
    writeFileSync(context.configFile ?? '', config)
    return resolveHostSettings(target, context)
  }

  it('notice dead hosts and give up on silent ones, unless told otherwise', async () => {
    expect(await settingsOf('', { host: 'web1' })).toMatchObject({
      aliveIntervalMs: 15_000,
      aliveCountMax: 3,
      route: { connectTimeoutMs: 15_000, proxy: { type: 'none' } },
      trust: { acceptsNew: false },
    })
    const config = 'ConnectTimeout 7\nServerAliveInterval 0\n'
    expect(await settingsOf(config, { host: 'web1' })).toMatchObject({
      aliveIntervalMs: 0,
      route: { connectTimeoutMs: 7000 },
    })
    expect(await settingsOf(config, { host: 'web1' }, { connectTimeoutMs: 50 })).toMatchObject({
      route: { connectTimeoutMs: 50 },
    })
  })

  it('put what comes with the target before all files', async () => {
    const target = { host: 'web1', user: 'mine', port: 23, identityFile: '~/mine', knownHostsFile: '~/known' }
    const config = 'User other\nPort 22\nIdentityFile /keys/%r@%h:%p\nUserKnownHostsFile /k\n'
    const { user, port, login, trust } = await settingsOf(config, target, { home: '/home/me' })
    expect({ user, port }).toEqual({ user: 'mine', port: 23 })
    expect(login.identityFiles).toEqual([
      { path: '/home/me/mine', required: true },
      { path: '/keys/mine@web1:23', required: false },
    ])
    expect([trust.userFiles, trust.globalFiles]).toEqual([['/home/me/known'], []])
  })

  it('use the usual keys when none is named, and none when it says none', async () => {
    const paths = async (config: string) =>
      (await settingsOf(config, { host: 'web1' }, { home: '/h' })).login.identityFiles.map(({ path }) => path)
    expect(await paths('')).toEqual(['/h/.ssh/id_rsa', '/h/.ssh/id_ecdsa', '/h/.ssh/id_ed25519'])
    expect(await paths('IdentityFile none\n')).toEqual([])
  })

  it.each([
    ['', '/agent'],
    ['IdentityAgent none', undefined],
    ['IdentityAgent SSH_AUTH_SOCK', '/agent'],
    ['IdentityAgent ~/a-%h', '/h/a-web1'],
    ['IdentityAgent $OTHER', '/other'],
    ['IdentityAgent ${OTHER}/x', '/other/x'],
    ['IdentityAgent $UNSET', undefined],
  ])('find the agent that "%s" names', async (config, agentSocket) => {
    const changes = { agentSocket: '/agent', home: '/h', environment: { OTHER: '/other' } }
    expect((await settingsOf(config, { host: 'web1' }, changes)).login.agentSocket).toBe(agentSocket)
  })

  it.each([
    ['', ['publickey', 'keyboard-interactive', 'password']],
    ['PreferredAuthentications gssapi-with-mic,password,publickey', ['password', 'publickey']],
    ['PasswordAuthentication no\nPubkeyAuthentication no', ['keyboard-interactive']],
  ])('try the ways to log in that "%s" leaves', async (config, methods) => {
    expect((await settingsOf(config, { host: 'web1' })).login.methods).toEqual(methods)
  })

  it.each([
    ['no', true],
    ['accept-new', true],
    ['ask', false],
    ['yes', false],
  ])('take StrictHostKeyChecking %s for what is safe in it', async (value, acceptsNew) => {
    const settings = await settingsOf(`StrictHostKeyChecking ${value}\n`, { host: 'web1' })
    expect(settings.trust.acceptsNew).toBe(acceptsNew)
  })

  it('know the host by its alias, without a port', async () => {
    const settings = await settingsOf('HostKeyAlias Alias\n', { host: 'web1', port: 2222 })
    expect(settings.trust).toMatchObject({ keyName: 'alias', keyNameHasPort: false })
  })

  it('fill in the tokens of a way through others', async () => {
    const config = 'HostName db.example.com\nUser bob\nProxyJump a%%,%r@jump-%n:2200\n'
    expect((await settingsOf(config, { host: 'web1' })).route.proxy).toMatchObject({
      type: 'jump',
      hops: ['a%', 'bob@jump-web1:2200'],
    })
    const command = 'Port 2200\nHostKeyAlias k\nProxyCommand nc -x "%h" %p %n %r %k 100%%\n'
    expect((await settingsOf(command, { host: 'web1' })).route.proxy).toMatchObject({
      type: 'command',
      command: 'nc -x "web1" 2200 web1 me k 100%',
    })
  })

  it('let ProxyJump none keep a later ProxyCommand away, as newer versions of OpenSSH do', async () => {
    const config = 'Host web1\n ProxyJump none\nHost *\n ProxyCommand nc %h %p\n'
    expect((await settingsOf(config, { host: 'web1' })).route.proxy).toEqual({ type: 'none' })
  })

  it('fill in tokens and variables of a user, as newer versions of OpenSSH do', async () => {
    const environment = { TEAM: 'ops' }
    expect((await settingsOf('User %u-${TEAM}\n', { host: 'web1' }, { environment })).user).toBe('me-ops')
    await expect(settingsOf('User %r\n', { host: 'web1' })).rejects.toThrow(/config:1: %r stands for nothing/)
    await expect(settingsOf('User "a;b"\n', { host: 'web1' })).rejects.toThrow(/config:1: "a;b" has letters/)
  })

  it.each([
    ['Tag ops\nMatch tagged o*\n', true],
    ['Match tagged ops\n', false],
    ['Match tagged ""\n', true],
    ['Match command ""\n', true],
    ['Match sessiontype exec\n', true],
    ['Match !sessiontype shell\n', true],
    ['Match version OpenSSH_*\n', false],
    ['Match localnetwork 127.0.0.0/8\n', true],
    ['Match localnetwork 127.0.0.0/8,!127.0.0.1\n', false],
    ['Match localnetwork 203.0.113.0/24,2001:db8::/32\n', false],
    ['Match localnetwork=127.0.0.1\n', true],
    ["Match exec 'test 1 = 1'\n", true],
    ['Match exec "test \\"a b\\" = \\"a b\\""\n', true],
  ])('answer what newer versions ask: %j', async (config, holds) => {
    const { user } = await settingsOf(`${config} User bob\n`, { host: 'web1' })
    expect(user).toBe(holds ? 'bob' : 'me')
  })

  it.each([
    ['Match localnetwork 10.0.0.0/99\n', /config:1: match localnetwork/],
    ['ProxyUseFdpass yes\nProxyCommand nc -F %h %p\n', /config:1: ProxyUseFdpass is not supported/],
    ['ProxyCommand -\n', /config:1: ProxyCommand - /],
    ['IdentityFile ~bob/id\n', /config:1: "~bob\/id" is in the home of somebody else/],
    ['Include ~bob/config\n', /config:1: "~bob\/config" is in the home of somebody else/],
    ['IdentityFile ${NOT_SET}/id\n', /config:1: the variable NOT_SET is not set/],
    ['CertificateFile /%Z\n', /config:1: %Z stands for nothing here/],
    [
      'CanonicalizeHostname yes\nCanonicalDomains nothing.invalid\nCanonicalizeFallbackLocal no\n',
      /config:3: web1/,
    ],
    ['SHELL=x\n', /config:1: "shell" is no keyword/],
  ])('refuse %j and name the line', async (config, message) => {
    const attempt = settingsOf(config, { host: 'web1' })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-CONFIG', exitCode: 2 })
    await expect(attempt).rejects.toThrow(message)
  })

  it('say nothing of ProxyUseFdpass where there is no ProxyCommand', async () => {
    expect((await settingsOf('ProxyUseFdpass yes\n', { host: 'web1' })).route.proxy.type).toBe('none')
  })

  it('refuse names that a shell would take for something else', async () => {
    for (const host of ['web1;reboot', '-oProxyCommand=x', 'a b', '$(id)', 'a`b`', 'a\nb', 'a|b'])
      await expect(settingsOf('', { host })).rejects.toMatchObject({ code: 'APO-INPUT-VALUE', exitCode: 2 })
    for (const user of ['-l', 'a;b', 'a -x', 'a\\', 'a"b'])
      await expect(settingsOf('', { host: 'web1', user })).rejects.toMatchObject({ code: 'APO-INPUT-VALUE' })
    expect((await settingsOf('', { host: 'web1', user: 'DOMAIN\\bob smith' })).user).toBe('DOMAIN\\bob smith')
  })

  it('run Match exec in the shell of the user, once for all hosts that ask the same', async () => {
    const context = sshContext([], { environment: { ...process.env, SHELL: '/bin/bash' } })
    const log = join(context.home, 'log')
    const config = `Match exec "[[ %h == web* ]] && echo ran >> ${log}"\n User a\nMatch exec "echo once >> ${log}"\n`
    writeFileSync(context.configFile ?? '', config)
    const users = await Promise.all(
      ['web1', 'web2', 'db'].map((host) => resolveHostSettings({ host }, context)),
    )
    expect(users.map(({ user }) => user)).toEqual(['a', 'a', 'root'])
    expect(readFileSync(log, 'utf8').split('\n').sort()).toEqual(['', 'once', 'ran', 'ran'])
  })

  it('refuse to guess when a Match exec does not end, or has no shell', async () => {
    const environment = { SHELL: '/not/there' }
    const attempt = settingsOf('Match exec true\n', { host: 'web1' }, { environment })
    await expect(attempt).rejects.toThrow(/config:1: SHELL is \/not\/there, which cannot be run/)
    const slow = settingsOf('Match exec "exec sleep 30"\n', { host: 'web1' })
    await expect(slow).rejects.toThrow(/config:1: "exec sleep 30" did not end within 10 s/)
  })

  it('read includes: relative ones in ~/.ssh, patterns, tokens, variables, folders, and none', async () => {
    const context = sshContext([], { environment: { PLACE: 'here' } })
    const folder = join(context.home, '.ssh', 'conf.d', 'a')
    mkdirSync(folder, { recursive: true })
    const write = (name: string, content: string) => writeFileSync(join(folder, name), content)
    write('10.conf', 'Port 2210\n')
    write('20.conf', 'Port 2220\nHostKeyAlias twenty\n')
    write('.hidden.conf', 'User hidden\n')
    write('web1-here', 'User included\n')
    const config = 'Include conf.d/*/[0-9]?.conf nothing-*\nInclude conf.d ~/.ssh/conf.d/a/%n-${PLACE}\n'
    writeFileSync(context.configFile ?? '', config)
    expect(await resolveHostSettings({ host: 'web1' }, context)).toMatchObject({
      port: 2210,
      user: 'included',
      trust: { keyName: 'twenty' },
    })
  })

  it('stop at a file that includes itself', async () => {
    const attempt = settingsOf('\nInclude config\n', { host: 'web1' })
    await expect(attempt).rejects.toThrow(/config:2: includes go too deep/)
  })

  it('refuse includes that others could write, and read those of a group that is the user alone', async () => {
    const context = sshContext()
    const file = join(context.home, '.ssh', 'more')
    writeFileSync(file, 'User more\n')
    writeFileSync(context.configFile ?? '', 'Include more\n')
    const fresh = () => ({ ...context, memory: sshContext().memory })
    const user = async () => (await resolveHostSettings({ host: 'web1' }, fresh())).user
    chmodSync(file, 0o664)
    expect(await user()).toBe('more')
    chmodSync(file, 0o646)
    await expect(user()).rejects.toThrow(/more: others could write it/)
    chmodSync(file, 0o660)
    chownSync(file, 0, 1)
    await expect(user()).rejects.toThrow(/more: others could write it/)
    chmodSync(file, 0o600)
    chownSync(file, 12_345, 0)
    await expect(user()).rejects.toThrow(/more: others could write it/)
  })

  it('say which ssh_config is missing', async () => {
    const attempt = resolveHostSettings({ host: 'web1' }, sshContext([], { configFile: '/not/there' }))
    await expect(attempt).rejects.toThrow('/not/there: there is no such file')
    expect((await resolveHostSettings({ host: 'web1' }, sshContext([], { configFile: 'none' }))).user).toBe(
      'root',
    )
  })

  it('take seconds for nothing: 1,000 hosts and 500 blocks in files of their own', async () => {
    const context = sshContext()
    const folder = join(context.home, '.ssh', 'conf.d')
    mkdirSync(folder)
    const block = (n: number) =>
      `Host web${n} web${n}.* *.rack${n}.example.com !web${n}.test\n HostName 10.0.${n % 250}.1\n User u${n}\n IdentityFile ~/.ssh/id_${n}\n`
    for (let file = 0; file < 50; file += 1) {
      const blocks = Array.from({ length: 10 }, (_, index) => block(file * 10 + index))
      writeFileSync(join(folder, `${file}.conf`), blocks.join('\n'))
    }
    writeFileSync(context.configFile ?? '', 'Include conf.d/*.conf\nMatch host web* user root\n Port 2200\n')
    const started = performance.now()
    const names = Array.from({ length: 1000 }, (_, index) => `web${index % 500}${index < 500 ? '' : '.x'}`)
    const all = await Promise.all(names.map((host) => resolveHostSettings({ host }, context)))
    const tookMs = performance.now() - started
    expect(all.every(({ user }, index) => user === `u${index % 500}`)).toBe(true)
    expect(tookMs).toBeLessThan(1500)
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
