import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hashedName,
  knownHostsName,
  namesHost,
  parseKnownHosts,
} from '../../../../src/lib/transports/ssh/known-hosts.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { makeKey, startSshd, type TestSshd } from '../../../helpers/sshd.ts'
import { temporaryFolder } from '../../../helpers/temporary-folder.ts'

const directory = temporaryFolder('known')

function publicKey(name: string, type = 'ed25519'): string {
  return readFileSync(`${makeKey(join(directory, name), { type })}.pub`, 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ')
}

describe('known_hosts, as ssh-keygen -F finds in it', () => {
  const [ed, rsa, ecdsa] = [publicKey('ed'), publicKey('rsa', 'rsa'), publicKey('ec', 'ecdsa')]
  const hashed = (name: string) => hashedName(name, Buffer.from('12345678901234567890'))
  const lines = [
    `web1 ${ed}`,
    `WEB2,web3 ${rsa}`,
    `web*,!web9 ${ecdsa}`,
    `!web4,web4,* ${ed}`,
    `web?.example.com,10.0.0.* ${ed}`,
    `[web1]:2222,[10.0.0.1]:2222 ${ed}`,
    `[*]:2200 ${rsa}`,
    `[web*]:*,![web7]:* ${ed}`,
    `${hashed('web5')} ${ed}`,
    `${hashed('[web5]:2222')} ${ed}`,
    `|1|bad|hash ${ed}`,
    `|1|${Buffer.alloc(20).toString('base64')}| ${ed}`,
    `@cert-authority *.example.com ${ed}`,
    `@revoked web1 ${rsa}`,
    `@revoked * ${ecdsa} a comment`,
    `@unknown web1 ${ed}`,
    `@revoked @cert-authority web1 ${ed}`,
    `@cert-authority`,
    `# web1 ${ed}`,
    `   web6 ${ed}`,
    `\tweb6\t${ed.replace(' ', '\t')}\tcomment with words`,
    `web6 ${ed}\r`,
    '',
    'web1',
    'web1 ssh-ed25519',
    'web1 ssh-ed25519 AAAA',
    `web1 ssh-rsa ${ed.split(' ')[1] ?? ''}`,
    `web1 ${ed.slice(0, -8)}`,
    `web1 ${ed} # more`,
    'web1 2048 35 1234567890',
    `2001:db8::1,[2001:db8::1]:2222 ${ed}`,
    `web8 ${ed}`,
  ]
  const file = join(directory, 'known_hosts')
  writeFileSync(file, `${lines.join('\n')}\nweb8 ${rsa}`)
  const entries = parseKnownHosts(readFileSync(file, 'utf8'), file)

  const names = [
    ...['web1', 'web2', 'web3', 'web4', 'web5', 'web6', 'web7', 'web8', 'web9', 'db', 'Web1'],
    ...['web1.example.com', 'a.example.com', '10.0.0.1', '2001:db8::1'],
  ]
  const asked = names.flatMap((name) => [22, 2222, 2200, 2022].map((port) => [name, port] as const))

  it.each(asked)('about %s and port %i', async (name, port) => {
    const wanted = knownHostsName(name, port)
    // With -l it reads the keys as well, and leaves out lines whose key is none, as ssh does.
    const found = await promisify(execFile)('ssh-keygen', ['-lF', wanted, '-f', file]).catch(
      (error: unknown) => error as { readonly stdout: string },
    )
    const numbers = [...found.stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line))
    const ours = entries.filter((entry) => namesHost(entry, wanted)).map(({ line }) => line)
    expect(ours).toEqual(numbers)
  })
})

/** Our code for what ssh says. */
function codeOf(said: string): string {
  if (/REVOKED|revoked/.test(said)) return 'APO-SSH-HOSTKEY-REVOKED'
  return /IDENTIFICATION HAS CHANGED/.test(said) ? 'APO-SSH-HOSTKEY-CHANGED' : 'APO-SSH-HOSTKEY-UNKNOWN'
}

/** What a host is known by, and whether ssh logs in with it; each is tried with both. */
describe('known_hosts, as ssh logs in by it', () => {
  let host: TestSshd
  let certified: TestSshd

  beforeAll(async () => {
    host = await startSshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] })
    certified = await startSshd({ hostKeys: ['ed25519'] })
  })
  afterAll(async () => {
    await Promise.all([host.stop(), certified.stop()])
  })

  type Keys = Readonly<Record<'ed25519' | 'rsa' | 'ecdsa' | 'otherEd' | 'otherRsa', string>>
  const knownBy: Readonly<Record<string, (at: string, keys: Keys) => string>> = {
    nothing: () => '',
    'its key': (at, { ed25519 }) => `${at} ${ed25519}`,
    'its key of another type': (at, { rsa }) => `${at} ${rsa}`,
    'another key': (at, { otherEd }) => `${at} ${otherEd}`,
    'another key of another type': (at, { otherRsa }) => `${at} ${otherRsa}`,
    'another key, and its own': (at, { otherEd, ed25519 }) => `${at} ${otherEd}\n${at} ${ed25519}`,
    'another key, and its own of another type': (at, { otherEd, ecdsa }) =>
      `${at} ${otherEd}\n${at} ${ecdsa}`,
    'its key without the port': (_, { ed25519 }) => `127.0.0.1 ${ed25519}`,
    'another key without the port': (_, { otherEd }) => `127.0.0.1 ${otherEd}`,
    'another key with the port, its own without': (at, { otherEd, ed25519 }) =>
      `${at} ${otherEd}\n127.0.0.1 ${ed25519}`,
    'its key for another port': (_, { ed25519 }) => `[127.0.0.1]:1 ${ed25519}`,
    'its key, which is revoked': (at, { ed25519 }) => `${at} ${ed25519}\n@revoked * ${ed25519}`,
    'its key, and another one is revoked': (at, { ed25519, otherEd }) =>
      `${at} ${ed25519}\n@revoked ${at} ${otherEd}`,
    'its key, revoked for somebody else': (at, { ed25519 }) => `${at} ${ed25519}\n@revoked other ${ed25519}`,
    'a pattern': (_, { ed25519 }) => `[127.*]:* ${ed25519}`,
    'a pattern that is taken back': (at, { ed25519 }) => `[127.*]:*,!${at} ${ed25519}`,
    'its key after lines that make no sense': (at, { ed25519 }) =>
      `nonsense\n@what x y\n${at} ssh-ed25519 AAAA\n${at} ${ed25519}`,
    'the key of an authority that it has no certificate of': (at, { otherEd }) =>
      `@cert-authority ${at} ${otherEd}`,
    'its key as that of an authority': (at, { ed25519 }) => `@cert-authority ${at} ${ed25519}`,
  }

  it.each(Object.entries(knownBy))('known by %s', async (_, write) => {
    const keys = {
      ed25519: host.hostKeys['ed25519'] ?? '',
      rsa: host.hostKeys['rsa'] ?? '',
      ecdsa: host.hostKeys['ecdsa'] ?? '',
      otherEd: publicKey('other-ed'),
      otherRsa: publicKey('other-rsa', 'rsa'),
    }
    const at = `[127.0.0.1]:${host.port}`
    const context = sshContext([{ knownHosts: `${write(at, keys)}\n` }])
    const attempt = openSsh({ host: '127.0.0.1', port: host.port, identityFile: host.clientKey }, context)
    const ours = await attempt.then(
      (transport) => transport.close().then(() => 'in'),
      (error: unknown) => (error as { readonly code: string }).code,
    )
    const options = ['-F', 'none', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes']
    const files = [
      '-o',
      `UserKnownHostsFile=${context.home}/.ssh/known_hosts`,
      '-o',
      'GlobalKnownHostsFile=none',
    ]
    const login = ['-i', host.clientKey, '-p', String(host.port), 'root@127.0.0.1', 'true']
    const real = await promisify(execFile)('ssh', [...options, ...files, ...login]).then(
      () => 'in',
      (error: unknown) => codeOf((error as { readonly stderr: string }).stderr),
    )
    expect(ours).toBe(real)
  })

  it('says that it cannot check the certificate of a host, where ssh could', async () => {
    const authority = makeKey(join(directory, 'authority'))
    const hostKey = join(certified.directory, 'host_ed25519')
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'host', '-h', `${hostKey}.pub`])
    const certifying = await startSshd({
      config: [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`],
    })
    try {
      const ca = readFileSync(`${authority}.pub`, 'utf8')
      const context = sshContext([{ knownHosts: `@cert-authority [127.0.0.1]:${certifying.port} ${ca}` }])
      const target = { host: '127.0.0.1', port: certifying.port, identityFile: certifying.clientKey }
      const attempt = openSsh(target, { ...context, acceptNewHostKeys: true })
      await expect(attempt).rejects.toMatchObject({
        code: 'APO-SSH-HOSTKEY-UNKNOWN',
        hints: [expect.stringContaining('add it as a plain one')],
      })
      await expect(attempt).rejects.toThrow(/trusted through a @cert-authority .*known_hosts:1\)/)
    } finally {
      await certifying.stop()
    }
  })
})
