import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { startAgent, type TestAgent } from '../../../helpers/ssh-agent.ts'
import { makeKey, startSshd, type TestSshd } from '../../../helpers/sshd.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const directory = temporaryFolder('certificates')

describe('certificates of users', () => {
  let host: TestSshd
  let authority: string
  const agents: TestAgent[] = []

  beforeAll(async () => {
    authority = makeKey(join(directory, 'authority'))
    host = await startSshd({
      users: [{ name: 'tess' }],
      config: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none', 'LogLevel DEBUG'],
    })
  })
  afterAll(async () => {
    for (const agent of agents) agent.stop()
    await host.stop()
  })

  /** A key with a certificate beside it, for tess and for an hour unless told otherwise. */
  const certifiedKey = (name: string, how: { type?: string; options?: readonly string[] } = {}) => {
    const key = makeKey(join(directory, name), { type: how.type ?? 'ed25519' })
    const options = how.options ?? ['-n', 'tess', '-V', '+1h']
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', name, ...options, `${key}.pub`])
    return key
  }
  const agentWith = async (...keys: string[]) => {
    const agent = await startAgent(...keys)
    agents.push(agent)
    return agent.socket
  }
  const whoAmI = async (config: string, changes: Partial<SshContext> = {}) => {
    const context = sshContext([host], changes)
    writeFileSync(context.configFile ?? '', config)
    const transport = await openSsh({ host: '127.0.0.1', port: host.port, user: 'tess' }, context)
    try {
      return (await transport.run({ command: 'id -un' })).stdout.toString().trim()
    } finally {
      await transport.close()
    }
  }

  describe.each(['ed25519', 'ecdsa', 'rsa'])('of the type %s', (type) => {
    it('are found beside the file of their key', async () => {
      const key = certifiedKey(`beside-${type}`, { type })
      expect(await whoAmI(`IdentityFile ${key}\n`)).toBe('tess')
    })

    it('are found where CertificateFile says', async () => {
      const key = certifiedKey(`named-${type}`, { type })
      renameSync(`${key}-cert.pub`, join(directory, `elsewhere-${type}.pub`))
      await expect(whoAmI(`IdentityFile ${key}\n`)).rejects.toMatchObject({ code: 'APO-SSH-AUTH' })
      expect(await whoAmI(`IdentityFile ${key}\nCertificateFile ${directory}/elsewhere-${type}.pub\n`)).toBe(
        'tess',
      )
    })

    it('are signed for by the agent', async () => {
      const key = certifiedKey(`signed-${type}`, { type })
      renameSync(`${key}-cert.pub`, join(directory, `apart-${type}-cert.pub`))
      const agentSocket = await agentWith(key)
      const config = `CertificateFile ${directory}/apart-${type}-cert.pub\nIdentityFile none\n`
      expect(await whoAmI(config, { agentSocket })).toBe('tess')
    })

    it('are taken from the agent', async () => {
      const key = certifiedKey(`held-${type}`, { type })
      const agentSocket = await agentWith(key)
      for (const file of [key, `${key}.pub`, `${key}-cert.pub`]) rmSync(file)
      expect(await whoAmI('IdentityFile none\n', { agentSocket })).toBe('tess')
    })
  })

  it('work whatever the connection is encrypted with, and compressed', async () => {
    const key = certifiedKey('encrypted')
    const ciphers = ['aes128-ctr', 'chacha20-poly1305@openssh.com', 'aes256-gcm@openssh.com']
    for (const cipher of ciphers)
      expect(await whoAmI(`IdentityFile ${key}\nCiphers ${cipher}\nCompression yes\n`)).toBe('tess')
  })

  it.each([
    ['expired', ['-n', 'tess', '-V', '20200101000000Z:20200102000000Z'], /expired at 2020-01-02T00:00:00Z/],
    ['too young', ['-n', 'tess', '-V', '20900101000000Z:20900102000000Z'], /not valid before 2090-01-01/],
  ])('that are %s say so when the host refuses them', async (name, options, message) => {
    const key = certifiedKey(`at-${name.replace(' ', '-')}`, { options })
    const attempt = whoAmI(`IdentityFile ${key}\n`)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-KEY' })
    await expect(attempt).rejects.toThrow(message)
  })

  it('for somebody else are refused as any key', async () => {
    const key = certifiedKey('for-somebody', { options: ['-n', 'somebody'] })
    await expect(whoAmI(`IdentityFile ${key}\n`)).rejects.toMatchObject({ code: 'APO-SSH-AUTH', exitCode: 3 })
  })

  it.each([
    ['is missing', () => join(directory, 'missing-cert.pub'), /missing-cert.pub is missing/],
    ['is a key', () => `${authority}.pub`, /authority.pub is missing, or no certificate of a user/],
    [
      'is for hosts',
      () => `${certifiedKey('of-host', { options: ['-h'] })}-cert.pub`,
      /no certificate of a user/,
    ],
  ])('are explained when the file that is named %s', async (_, file, message) => {
    await expect(whoAmI(`CertificateFile ${file()}\nIdentityFile none\n`)).rejects.toThrow(message)
  })

  it('are explained when nobody has their key', async () => {
    const key = certifiedKey('alone')
    rmSync(key)
    rmSync(`${key}.pub`)
    const attempt = whoAmI(`CertificateFile ${key}-cert.pub\nIdentityFile none\n`)
    await expect(attempt).rejects.toThrow(/nobody has the private key of the certificate .*alone-cert.pub/)
  })

  it('are not shown where PubkeyAcceptedAlgorithms leaves them out', async () => {
    const key = certifiedKey('left-out')
    const before = host.log().length
    const attempt = whoAmI(`IdentityFile ${key}\nPubkeyAcceptedAlgorithms -*cert*\n`)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-AUTH' })
    expect(host.log().slice(before)).not.toMatch(/cert-v01/)
  })
})
