import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { startAgent, type TestAgent } from '../../../helpers/ssh-agent.ts'
import { makeKey, startSshd, type TestSshd } from '../../../helpers/sshd.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const directory = temporaryFolder('order')

describe('keys, of which an agent may hold many', () => {
  let patient: TestSshd
  let strict: TestSshd
  let agent: TestAgent
  const keys = Array.from({ length: 20 }, (_, index) => join(directory, `key-${index}`))

  beforeAll(async () => {
    ;[patient, strict] = await Promise.all([
      startSshd({ users: [{ name: 'tess' }], config: ['MaxAuthTries 60', 'LogLevel VERBOSE'] }),
      startSshd({ users: [{ name: 'tess' }], config: ['MaxAuthTries 6'] }),
    ])
    for (const [index, key] of keys.entries()) makeKey(key, { type: index % 7 === 6 ? 'rsa' : 'ed25519' })
    agent = await startAgent(...keys)
  }, 60_000)
  afterAll(async () => {
    agent.stop()
    await Promise.all([patient.stop(), strict.stop()])
  })

  /** Fingerprints that a server has been shown, in their order. */
  const shownTo = async (sshd: TestSshd, visit: () => Promise<unknown>) => {
    const before = sshd.log().length
    await visit().catch(() => undefined)
    await expect.poll(() => /Connection closed|Disconnect/.test(sshd.log().slice(before))).toBe(true)
    return [
      ...sshd
        .log()
        .slice(before)
        .matchAll(/Failed publickey .* (SHA256:\S+)/g),
    ].map(([, print]) => print)
  }
  const ours = (config: string) => {
    const context = sshContext([patient], { agentSocket: agent.socket })
    writeFileSync(context.configFile ?? '', config)
    return openSsh({ host: '127.0.0.1', port: patient.port, user: 'tess' }, context)
  }
  const theirs = (config: string) => {
    const file = join(directory, 'config')
    writeFileSync(file, config)
    const known = ['-o', `UserKnownHostsFile=${patient.knownHostsFile}`, '-o', 'BatchMode=yes']
    const target = ['-F', file, ...known, '-p', String(patient.port), 'tess@127.0.0.1', 'true']
    return promisify(execFile)('ssh', target, {
      env: { PATH: process.env['PATH'], SSH_AUTH_SOCK: agent.socket },
    })
  }
  const only = (index: number) => {
    const file = join(directory, `only-${index}`)
    makeKey(file)
    return file
  }
  const publicOnly = (index: number) => {
    const file = join(directory, `public-${index}`)
    copyFileSync(`${keys[index] ?? ''}.pub`, `${file}.pub`)
    rmSync(file, { force: true })
    return file
  }

  it.each([
    ['when none is configured', () => 'IdentityFile none\n', 20],
    ['when some of them are configured', () => `IdentityFile ${keys[17]}\nIdentityFile ${keys[3]}\n`, 20],
    ['when files that it lacks are', () => `IdentityFile ${only(1)}\nIdentityFile ${only(2)}\n`, 22],
    [
      'with both and IdentitiesOnly',
      () => `IdentitiesOnly yes\nIdentityFile ${only(3)}\nIdentityFile ${keys[9]}\nIdentityFile ${keys[2]}\n`,
      3,
    ],
    [
      'when the public part is there alone',
      () => `IdentitiesOnly yes\nIdentityFile ${publicOnly(5)}\nIdentityFile ${keys[1]}.pub\n`,
      2,
    ],
    ['when its algorithm is left out', () => 'IdentityFile none\nPubkeyAcceptedAlgorithms -*rsa*\n', 18],
    ['when RSA keys are too short', () => 'IdentityFile none\nRequiredRSASize 3072\n', 18],
  ])('are tried in the order of ssh %s', async (_, config, count) => {
    const text = config()
    const real = await shownTo(patient, () => theirs(text))
    expect(real).toHaveLength(count)
    expect(await shownTo(patient, () => ours(text))).toEqual(real)
  })

  it('find the right one among 20 where IdentitiesOnly names it, though six is all the host takes', async () => {
    const context = sshContext([strict], { agentSocket: agent.socket })
    const login = () =>
      openSsh(
        { host: '127.0.0.1', port: strict.port, user: 'tess' },
        { ...context, memory: sshContext().memory },
      )
    execFileSync('ssh-add', ['-q', strict.clientKey], {
      env: { ...process.env, SSH_AUTH_SOCK: agent.socket },
      stdio: 'ignore',
    })
    await expect(login()).rejects.toMatchObject({
      code: 'APO-SSH-AUTH',
      exitCode: 3,
      message: expect.stringContaining('gave up after'),
      hints: [expect.stringContaining('IdentitiesOnly')],
    })
    writeFileSync(context.configFile ?? '', `IdentityFile ${strict.clientKey}\n`)
    await (await login()).close()
    writeFileSync(context.configFile ?? '', `IdentitiesOnly yes\nIdentityFile ${strict.clientKey}.pub\n`)
    await (await login()).close()
  })
})
