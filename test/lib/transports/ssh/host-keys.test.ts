import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  chmodSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveHostSettings } from '../../../../src/lib/transports/ssh/host-settings.ts'
import { hashedName } from '../../../../src/lib/transports/ssh/known-hosts.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { createHostKeyJudge } from '../../../../src/lib/transports/ssh/verify-host-key.ts'
import { connectTo, sshContext } from '../../../helpers/connect-to.ts'
import { startSshd, type TestSshd } from '../../../helpers/sshd.ts'

describe('the keys of hosts', () => {
  let host: TestSshd
  let other: TestSshd

  beforeAll(async () => {
    ;[host, other] = await Promise.all([startSshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] }), startSshd()])
  })
  afterAll(async () => {
    await host.stop()
    await other.stop()
  })

  const fingerprint = (kind: string) =>
    execFileSync('ssh-keygen', ['-lf', join(host.directory, `host_${kind}.pub`)], { encoding: 'utf8' }).split(
      ' ',
    )[1]
  const knownFile = (context: SshContext) => join(context.home, '.ssh', 'known_hosts')
  const contextWith = (known: string, changes: Partial<SshContext> = {}) =>
    sshContext([{ knownHosts: known }], changes)
  const visit = async (context: SshContext, name = '127.0.0.1') => {
    const transport = await openSsh(
      { host: name, port: host.port, user: 'root', identityFile: host.clientKey },
      context,
    )
    await transport.close()
  }
  const at = () => `[127.0.0.1]:${host.port}`

  it('refuses a host that is not known, before any login, with its fingerprint and what to type', async () => {
    const before = host.log()
    const refusal = visit(contextWith(''))
    await expect(refusal).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-UNKNOWN', exitCode: 4 })
    await expect(refusal).rejects.toThrow(fingerprint('ed25519'))
    const error = await refusal.then(
      () => ({ hints: [] }),
      (thrown: unknown) => thrown as { readonly hints: readonly string[] },
    )
    const command = error.hints.find((hint) => hint.includes('echo'))?.replace(/^.*?type: /, '') ?? ''
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(host.log().slice(before.length)).not.toMatch(/Accepted|Failed|publickey|userauth/)
    // What it says to type is really what makes the host known.
    const context = contextWith('')
    execFileSync('sh', ['-c', command.replace(/>> .*/, `>> ${knownFile(context)}`)])
    await visit(context)
  })

  it('verifies a host by the one key that is known, though it prefers another', async () => {
    for (const kind of ['ed25519', 'rsa', 'ecdsa'])
      await visit(contextWith(`${at()} ${host.hostKeys[kind] ?? ''}\n`))
  })

  it('knows hashed names written by ssh-keygen -H', async () => {
    const context = contextWith(`${at()} ${host.hostKeys['ed25519'] ?? ''}\n`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', knownFile(context)], { stdio: 'ignore' })
    expect(readFileSync(knownFile(context), 'utf8')).toMatch(/^\|1\|/)
    await visit(context)
  })

  it('does not take a key for another port as one for this', async () => {
    await expect(
      visit(contextWith(`[127.0.0.1]:${other.port} ${host.hostKeys['ed25519'] ?? ''}\n`)),
    ).rejects.toMatchObject({
      code: 'APO-SSH-HOSTKEY-UNKNOWN',
    })
  })

  it('takes a key of the host without a port for all its ports, as OpenSSH does', async () => {
    await visit(contextWith(`127.0.0.1 ${host.hostKeys['ed25519'] ?? ''}\n`))
  })

  it.each([
    ['[127.0.0.*]:*', true],
    ['[*]:*,![127.0.0.1]:*', false],
    ['[10.0.0.?]:*,[127.?.0.1]:*', true],
  ])('reads the patterns %s', async (patterns, known) => {
    const attempt = visit(contextWith(`${patterns} ${host.hostKeys['ed25519'] ?? ''}\n`))
    if (known) await attempt
    else await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-UNKNOWN' })
  })

  it('refuses a changed key, also when new ones are accepted, with both fingerprints and the line', async () => {
    const [foreign] = Object.values(other.hostKeys)
    const context = contextWith(`# a comment\n${at()} ${foreign ?? ''}\n`, { acceptNewHostKeys: true })
    const refusal = visit(context)
    await expect(refusal).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-CHANGED' })
    const foreignPrint = execFileSync('ssh-keygen', ['-lf', join(other.directory, 'host_ed25519.pub')], {
      encoding: 'utf8',
    })
    await expect(refusal).rejects.toThrow(fingerprint('ed25519'))
    await expect(refusal).rejects.toThrow(foreignPrint.split(' ')[1])
    await expect(refusal).rejects.toThrow(`${knownFile(context)}:2`)
  })

  it('takes a host that lost its known key and shows one of another type for changed', async () => {
    const rsaOnly = await startSshd({ hostKeys: ['rsa'] })
    try {
      const [foreign] = Object.values(other.hostKeys)
      const context = contextWith(`[127.0.0.1]:${rsaOnly.port} ${foreign ?? ''}\n`, {
        acceptNewHostKeys: true,
      })
      const attempt = openSsh(
        { host: '127.0.0.1', port: rsaOnly.port, identityFile: rsaOnly.clientKey },
        context,
      )
      await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-CHANGED' })
    } finally {
      await rsaOnly.stop()
    }
  })

  it('refuses a revoked key, known or not', async () => {
    const key = host.hostKeys['ed25519'] ?? ''
    const context = contextWith(`${at()} ${key}\n@revoked * ${key}\n`, { acceptNewHostKeys: true })
    await expect(visit(context)).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-REVOKED' })
  })

  it('says that it cannot check a certificate authority, and does not accept the host as new', async () => {
    const context = contextWith(`@cert-authority * ${host.hostKeys['rsa'] ?? ''}\n`, {
      acceptNewHostKeys: true,
    })
    await expect(visit(context)).rejects.toThrow(/@cert-authority/)
    expect(readFileSync(knownFile(context), 'utf8').trim().split('\n')).toHaveLength(1)
  })

  it('accepts and remembers a new key when asked to, for OpenSSH as well', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    rmSync(knownFile(context))
    await visit(context)
    expect(statSync(knownFile(context)).mode & 0o777).toBe(0o600)
    await visit({ ...context, acceptNewHostKeys: false })
    const options = [
      '-F',
      'none',
      '-o',
      `UserKnownHostsFile=${knownFile(context)}`,
      '-o',
      'StrictHostKeyChecking=yes',
    ]
    const said = execFileSync('ssh', [
      ...options,
      '-i',
      host.clientKey,
      '-p',
      String(host.port),
      'root@127.0.0.1',
      'echo in',
    ])
    expect(said.toString()).toBe('in\n')
  })

  it('creates ~/.ssh when there is none', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    const files = join(context.home, 'fresh', '.ssh')
    await visit({ ...context, home: join(context.home, 'fresh') })
    expect(statSync(files).mode & 0o777).toBe(0o700)
    expect(statSync(join(files, 'known_hosts')).mode & 0o777).toBe(0o600)
  })

  it('writes hashed names into a file that has them, after a last line without a line break', async () => {
    const context = contextWith(`[10.0.0.1]:22 ${host.hostKeys['ed25519'] ?? ''}`, {
      acceptNewHostKeys: true,
    })
    execFileSync('ssh-keygen', ['-q', '-H', '-f', knownFile(context)], { stdio: 'ignore' })
    writeFileSync(knownFile(context), readFileSync(knownFile(context), 'utf8').trimEnd())
    await visit(context)
    const lines = readFileSync(knownFile(context), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines.every((line) => line.startsWith('|1|'))).toBe(true)
    expect(
      execFileSync('ssh-keygen', ['-F', at(), '-f', knownFile(context)], { encoding: 'utf8' }),
    ).toContain('found')
  })

  it('loses no key when many are accepted at once, and leaves no lock behind', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    const names = Array.from({ length: 20 }, (_, index) => `127.0.0.${index + 1}`)
    writeFileSync(
      join(context.home, '.ssh', 'config'),
      'Host alias-*\n  HostName 127.0.0.1\n  HostKeyAlias %n\n',
    )
    writeFileSync(
      join(context.home, '.ssh', 'config'),
      names.map((name) => `Host ${name}\n HostName 127.0.0.1\n HostKeyAlias k-${name}\n`).join(''),
    )
    await Promise.all([...names, ...names].map((name) => visit(context, name)))
    const lines = readFileSync(knownFile(context), 'utf8').trim().split('\n')
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual(names.map((name) => `k-${name}`).sort())
    expect(existsSync(`${knownFile(context)}.lock`)).toBe(false)
  })

  it('loses no key when several runs accept some at once', async () => {
    const context = contextWith('')
    const module = join(import.meta.dirname, '../../../../src/lib/transports/ssh/known-hosts-file.ts')
    const key = (host.hostKeys['ed25519'] ?? '').split(' ')[1] ?? ''
    const script = `import { rememberHostKey } from '${module}'
      const key = Buffer.from('${key}', 'base64')
      for (let n = 0; n < 10; n += 1)
        await rememberHostKey('${knownFile(context)}', { name: 'run' + process.argv[1] + '-' + n, key, hash: undefined })`
    const run = (number: number) =>
      promisify(execFile)('node', ['--import', 'tsx', '--input-type=module', '-e', script, String(number)])
    await Promise.all([1, 2, 3, 4].map(run))
    const names = readFileSync(knownFile(context), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0])
    expect(new Set(names).size).toBe(40)
    expect(names).toHaveLength(40)
  })

  it('takes over a lock whose owner died', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    writeFileSync(`${knownFile(context)}.lock`, '')
    utimesSync(`${knownFile(context)}.lock`, 1, 1)
    await visit(context)
  })

  it('leaves /dev/null alone', async () => {
    const context = contextWith('')
    writeFileSync(
      join(context.home, '.ssh', 'config'),
      'Host *\n  UserKnownHostsFile /dev/null\n  StrictHostKeyChecking no\n',
    )
    const mode = statSync('/dev/null').mode
    await visit(context)
    expect(statSync('/dev/null').mode).toBe(mode)
  })

  it('reads the known_hosts of the system as well', async () => {
    const context = contextWith('')
    const file = join(context.home, 'global')
    writeFileSync(file, host.knownHosts)
    writeFileSync(join(context.home, '.ssh', 'config'), `GlobalKnownHostsFile ${file}\n`)
    await visit(context)
  })

  it('ignores lines that make no sense', async () => {
    const context = contextWith(
      `nonsense\n@what * ssh-rsa AAAA\n${at()} ssh-ed25519 not-base64\n${host.knownHosts}`,
    )
    appendFileSync(knownFile(context), '\n')
    chmodSync(knownFile(context), 0o600)
    await visit(context)
  })

  it.each([
    ['HashKnownHosts yes', '127.0.0.9 ssh-ed25519 AAAA', /^\|1\|/],
    ['HashKnownHosts no', `${hashedName('x', Buffer.alloc(20))} KEY`, /^\[127/],
    ['', `${hashedName('x', Buffer.alloc(20))} KEY`, /^\|1\|/],
    ['', 'y KEY', /^\[127/],
  ])('writes names as "%s" and the file %j ask for', async (option, before, name) => {
    const known = before.replace('KEY', host.hostKeys['ed25519'] ?? '')
    const context = contextWith(`${known}\n`, { acceptNewHostKeys: true })
    writeFileSync(context.configFile ?? '', `${option}\n`)
    await visit(context)
    expect(readFileSync(knownFile(context), 'utf8').trim().split('\n')[1]).toMatch(name)
  })

  it('keeps the rights of a file that others may read', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    chmodSync(knownFile(context), 0o644)
    await visit(context)
    expect(statSync(knownFile(context)).mode & 0o777).toBe(0o644)
  })

  it('accepts no new key that it could not remember', async () => {
    const context = contextWith('', { acceptNewHostKeys: true })
    writeFileSync(context.configFile ?? '', 'UserKnownHostsFile none\n')
    await expect(visit(context)).rejects.toMatchObject({
      code: 'APO-SSH-HOSTKEY-UNKNOWN',
      hints: [expect.stringContaining('UserKnownHostsFile none')],
    })
  })

  it('names a KnownHostsCommand that it does not ask', async () => {
    const context = contextWith('')
    writeFileSync(context.configFile ?? '', '\nKnownHostsCommand /usr/bin/true %H\n')
    await expect(visit(context)).rejects.toMatchObject({
      code: 'APO-SSH-HOSTKEY-UNKNOWN',
      hints: expect.arrayContaining([expect.stringMatching(/KnownHostsCommand at .*config:2 was not asked/)]),
    })
  })

  it('refuses keys that RevokedHostKeys lists, and goes nowhere when it cannot tell', async () => {
    const context = contextWith(host.knownHosts)
    const list = join(context.home, 'revoked')
    const config = (file: string) => writeFileSync(context.configFile ?? '', `RevokedHostKeys ${file}\n`)
    const fresh = () => ({ ...context, memory: sshContext().memory })
    config(list)
    await expect(visit(fresh())).rejects.toThrow(/RevokedHostKeys: .*revoked cannot be read \(ENOENT\)/)
    writeFileSync(list, `# theirs\n${other.hostKeys['ed25519'] ?? ''} comment\n`)
    await visit(fresh())
    writeFileSync(list, `\n${host.hostKeys['ed25519'] ?? ''} ours\n`)
    await expect(visit(fresh())).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-REVOKED' })
    execFileSync('ssh-keygen', ['-q', '-k', '-f', `${list}.krl`, join(other.directory, 'host_ed25519.pub')])
    config(`${list}.krl`)
    await expect(visit(fresh())).rejects.toThrow(/is a KRL, which apoctl cannot read/)
  })

  it('refuses RSA keys that are shorter than RequiredRSASize', async () => {
    const context = contextWith(`${at()} ${host.hostKeys['rsa'] ?? ''}\n`)
    const config = (bits: number) => writeFileSync(context.configFile ?? '', `RequiredRSASize ${bits}\n`)
    const fresh = () => ({ ...context, memory: sshContext().memory })
    config(2048)
    await visit(fresh())
    config(2049)
    await expect(visit(fresh())).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-WEAK', exitCode: 4 })
  })

  it('judges no host on this machine where NoHostAuthenticationForLocalhost says so', async () => {
    const context = contextWith(`${at()} ${Object.values(other.hostKeys)[0] ?? ''}\n`)
    writeFileSync(context.configFile ?? '', 'NoHostAuthenticationForLocalhost yes\n')
    await visit(context)
    writeFileSync(context.configFile ?? '', 'NoHostAuthenticationForLocalhost yes\nHostKeyAlias x\n')
    const fresh = { ...context, memory: sshContext().memory }
    await expect(visit(fresh)).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-UNKNOWN' })
  })

  it('asks for the algorithms of HostKeyAlgorithms, in their order', async () => {
    const context = contextWith(
      Object.values(host.hostKeys)
        .map((key) => `${at()} ${key}\n`)
        .join(''),
    )
    writeFileSync(
      context.configFile ?? '',
      'HostKeyAlgorithms ecdsa-sha2-nistp256,ssh-ed25519\nLogLevel DEBUG\n',
    )
    const settings = await resolveHostSettings({ host: '127.0.0.1', port: host.port }, context)
    const judge = await createHostKeyJudge(settings, { reporter: context.reporter, address: () => undefined })
    expect(judge.algorithms).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519'])
    await visit(context)
  })

  it('says when nothing is left to talk with', async () => {
    const context = contextWith(host.knownHosts)
    writeFileSync(context.configFile ?? '', 'HostKeyAlgorithms sk-ssh-ed25519@openssh.com\n')
    await expect(visit(context)).rejects.toThrow(
      /HostKeyAlgorithms leaves 127.0.0.1 nothing that apoctl can do/,
    )
    writeFileSync(context.configFile ?? '', 'MACs umac-64@openssh.com\n')
    const fresh = { ...context, memory: sshContext().memory }
    await expect(visit(fresh)).rejects.toMatchObject({ code: 'APO-SSH-CONFIG', exitCode: 2 })
  })

  describe('and CheckHostIP', () => {
    const judgeWith = async (known: string, changes: Partial<SshContext> = {}) => {
      const context = contextWith(known, changes)
      writeFileSync(context.configFile ?? '', 'CheckHostIP yes\n')
      const settings = await resolveHostSettings({ host: 'web1' }, context)
      const address = () => '10.0.0.9'
      const judge = await createHostKeyJudge(settings, { reporter: context.reporter, address })
      const accepted = judge.accept(
        Buffer.from((host.hostKeys['ed25519'] ?? '').split(' ')[1] ?? '', 'base64'),
      )
      if (accepted) await judge.remember()
      return { accepted, refusal: judge.refusal(), known: readFileSync(knownFile(context), 'utf8') }
    }
    const key = (of: TestSshd) => of.hostKeys['ed25519'] ?? ''

    it('refuse a host whose address is known by another key', async () => {
      const { refusal } = await judgeWith(`web1 ${key(host)}\n10.0.0.9 ${key(other)}\n`)
      expect(refusal).toMatchObject({ code: 'APO-SSH-HOSTKEY-CHANGED' })
      expect(refusal?.message).toMatch(/not the one that is known for its address \(.*known_hosts:2\)/)
    })

    it('remember the address of a host that is known', async () => {
      const { accepted, known } = await judgeWith(`web1 ${key(host)}\n`)
      expect(accepted).toBe(true)
      expect(known).toBe(`web1 ${key(host)}\n10.0.0.9 ${key(host)}\n`)
    })

    it('remember name and address of a new host together', async () => {
      const { known } = await judgeWith('', { acceptNewHostKeys: true })
      expect(known).toBe(`web1,10.0.0.9 ${key(host)}\n`)
    })

    it('leave a host that both are known of alone', async () => {
      const before = `web1,10.0.0.9 ${key(host)}\n`
      expect(await judgeWith(before)).toEqual({ accepted: true, refusal: undefined, known: before })
    })
  })
})

it('has no server sign with all its other keys, on every login, for nobody', async () => {
  const host = await startSshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'], config: ['LogLevel DEBUG1'] })
  try {
    const transport = await connectTo(host)
    await transport.run({ command: 'true' })
    await transport.close()
    await expect.poll(() => host.log()).toMatch(/disconnect/i)
    expect(host.log()).toContain('Accepted publickey')
    expect(host.log()).not.toContain('hostkeys-prove')
  } finally {
    await host.stop()
  }
})
