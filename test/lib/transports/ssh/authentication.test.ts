import { execFileSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext, SshTarget } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { startAgent } from '../../../helpers/ssh-agent.ts'
import { makeKey, startSshd, type TestSshd } from '../../../helpers/sshd.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const password = 'correct horse 4711'
const passphrase = 'staple battery 0815'

describe('logging in', () => {
  let host: TestSshd
  let interactive: TestSshd
  let both: TestSshd
  let directory: string
  const agents: { stop: () => void }[] = []

  beforeAll(async () => {
    directory = temporaryFolder('auth')
    const users = [{ name: 'tess', password }]
    ;[host, interactive, both] = await Promise.all([
      startSshd({ users, config: ['PasswordAuthentication yes', 'MaxAuthTries 4'] }),
      startSshd({
        users,
        pam: true,
        config: ['KbdInteractiveAuthentication yes', 'AuthenticationMethods keyboard-interactive'],
      }),
      startSshd({
        users,
        config: ['PasswordAuthentication yes', 'AuthenticationMethods publickey,password'],
      }),
    ])
  })
  afterAll(async () => {
    for (const agent of agents) agent.stop()
    await Promise.all([host, interactive, both].map((sshd) => sshd.stop()))
  })

  const whoAmI = async (target: Partial<SshTarget>, context: SshContext, on = host) => {
    const transport = await openSsh({ host: on.address, port: on.port, user: 'tess', ...target }, context)
    try {
      return (await transport.run({ command: 'id -un' })).stdout.toString().trim()
    } finally {
      await transport.close()
    }
  }
  const contextOf = (on: TestSshd, changes: Partial<SshContext> = {}) => sshContext([on], changes)
  const withSecrets = (
    on: TestSshd,
    secrets: { password?: string; passphrase?: string },
    asked: string[] = [],
  ) =>
    contextOf(on, {
      credentials: {
        password: ({ user }) => {
          asked.push(`password of ${user}`)
          return Promise.resolve(secrets.password === undefined ? undefined : new Secret(secrets.password))
        },
        passphrase: (file) => {
          asked.push(`passphrase of ${file}`)
          return Promise.resolve(
            secrets.passphrase === undefined ? undefined : new Secret(secrets.passphrase),
          )
        },
      },
    })
  const agentWith = async (...keys: string[]) => {
    const agent = await startAgent(...keys)
    agents.push(agent)
    return agent.socket
  }
  const lockedKey = (name: string) => {
    const path = join(directory, name)
    copyFileSync(host.clientKey, path)
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', path])
    return path
  }

  it('uses a key file', async () => {
    expect(await whoAmI({ identityFile: host.clientKey }, contextOf(host))).toBe('tess')
  })

  it('uses the usual key files of the home directory', async () => {
    const context = contextOf(host)
    copyFileSync(host.clientKey, join(context.home, '.ssh', 'id_ed25519'))
    expect(await whoAmI({}, context)).toBe('tess')
  })

  it('uses keys of a running ssh-agent', async () => {
    const other = makeKey(join(directory, 'other'))
    const agentSocket = await agentWith(other, host.clientKey)
    expect(await whoAmI({}, contextOf(host, { agentSocket }))).toBe('tess')
  })

  it.each(['rsa', 'ecdsa'])('signs with %s keys, from the agent and from a file', async (type) => {
    const sshd = await startSshd({ users: [{ name: 'tess' }] })
    try {
      const key = makeKey(join(directory, `typed-${type}`), { type })
      copyFileSync(`${key}.pub`, join(sshd.directory, 'client_key.pub'))
      expect(await whoAmI({ identityFile: key }, contextOf(sshd), sshd)).toBe('tess')
      const agentSocket = await agentWith(key)
      expect(await whoAmI({}, contextOf(sshd, { agentSocket }), sshd)).toBe('tess')
    } finally {
      await sshd.stop()
    }
  })

  it('goes on without an agent that is gone', async () => {
    const context = contextOf(host, { agentSocket: join(directory, 'nobody-home') })
    expect(await whoAmI({ identityFile: host.clientKey }, context)).toBe('tess')
  })

  it('offers only the configured key when IdentitiesOnly says so', async () => {
    const keys = Array.from({ length: 6 }, (_, index) => makeKey(join(directory, `many-${index}`)))
    const agentSocket = await agentWith(...keys)
    const context = contextOf(host, { agentSocket })
    await expect(whoAmI({ identityFile: host.clientKey }, context)).rejects.toMatchObject({
      code: 'APO-SSH-AUTH',
      hints: [expect.stringContaining('IdentitiesOnly')],
    })
    writeFileSync(join(context.home, '.ssh', 'config'), 'IdentitiesOnly yes\n')
    const fresh = { ...context, memory: contextOf(host).memory }
    expect(await whoAmI({ identityFile: host.clientKey }, fresh)).toBe('tess')
  })

  it('lets the agent sign for an encrypted key file it holds, without a passphrase', async () => {
    const agentSocket = await agentWith(host.clientKey)
    const asked: string[] = []
    const context = { ...withSecrets(host, {}, asked), agentSocket }
    writeFileSync(join(context.home, '.ssh', 'config'), 'IdentitiesOnly yes\n')
    expect(await whoAmI({ identityFile: lockedKey('held') }, context)).toBe('tess')
    expect(asked).toEqual([])
  })

  it('opens an encrypted key with its passphrase, asked for once in a run', async () => {
    const asked: string[] = []
    const context = withSecrets(host, { passphrase }, asked)
    const identityFile = lockedKey('locked')
    expect(await whoAmI({ identityFile }, context)).toBe('tess')
    expect(await whoAmI({ identityFile }, context)).toBe('tess')
    expect(asked).toEqual([`passphrase of ${identityFile}`])
  })

  it('asks for no passphrase of a key the host does not want', async () => {
    const asked: string[] = []
    const identityFile = makeKey(join(directory, 'unwanted'), { passphrase })
    const attempt = whoAmI({ identityFile }, withSecrets(host, { passphrase }, asked))
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-AUTH' })
    expect(asked.filter((question) => question.startsWith('passphrase'))).toEqual([])
  })

  it.each([
    ['a wrong passphrase', { passphrase: 'wrong' }, /passphrase does not open/],
    ['no passphrase', {}, /no passphrase was given/],
  ])('says which key %s leaves closed', async (_, secrets, message) => {
    const attempt = whoAmI({ identityFile: lockedKey('closed') }, withSecrets(host, secrets))
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-KEY', exitCode: 2 })
    await expect(attempt).rejects.toThrow(message)
  })

  it.each([
    ['is missing', () => join(directory, 'missing')],
    ['is no key', () => join(host.directory, 'sshd_config')],
    ['is public', () => `${host.clientKey}.pub`],
  ])('refuses a key file that %s', async (_, file) => {
    const attempt = whoAmI({ identityFile: file() }, contextOf(host))
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-KEY' })
    await expect(attempt).rejects.toThrow(file())
  })

  it('reads keys in the older PEM format, encrypted ones too', async () => {
    const sshd = await startSshd({ users: [{ name: 'tess' }] })
    try {
      const key = makeKey(join(directory, 'pem'), { type: 'rsa' })
      copyFileSync(`${key}.pub`, join(sshd.directory, 'client_key.pub'))
      execFileSync('ssh-keygen', ['-q', '-p', '-m', 'PEM', '-P', '', '-N', passphrase, '-f', key])
      expect(await whoAmI({ identityFile: key }, withSecrets(sshd, { passphrase }), sshd)).toBe('tess')
    } finally {
      await sshd.stop()
    }
  })

  it('uses a password when no key does', async () => {
    expect(await whoAmI({}, withSecrets(host, { password }))).toBe('tess')
  })

  it('sends a wrong password once', async () => {
    const before = host.log().length
    await expect(whoAmI({}, withSecrets(host, { password: 'wrong' }))).rejects.toMatchObject({
      code: 'APO-SSH-AUTH',
      exitCode: 3,
    })
    expect(
      host
        .log()
        .slice(before)
        .match(/Failed password/g),
    ).toHaveLength(1)
  })

  it('answers the password question of keyboard-interactive', async () => {
    expect(await whoAmI({}, withSecrets(interactive, { password }), interactive)).toBe('tess')
    await expect(
      whoAmI({}, withSecrets(interactive, { password: 'wrong' }), interactive),
    ).rejects.toMatchObject({
      code: 'APO-SSH-AUTH',
    })
  })

  it('gives a key and then a password where both are wanted', async () => {
    expect(await whoAmI({ identityFile: both.clientKey }, withSecrets(both, { password }), both)).toBe('tess')
  })

  it('does not count the time a person needs to type', async () => {
    const slow = contextOf(host, {
      connectTimeoutMs: 700,
      credentials: {
        password: () => new Promise((resolve) => setTimeout(() => resolve(new Secret(password)), 1200)),
        passphrase: () => Promise.resolve(undefined),
      },
    })
    expect(await whoAmI({}, slow)).toBe('tess')
  })
})
