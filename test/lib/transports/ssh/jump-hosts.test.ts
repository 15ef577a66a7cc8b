import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { freePort, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

describe('jump hosts', () => {
  let outer: TestSshd
  let inner: TestSshd
  let target: TestSshd

  beforeAll(async () => {
    ;[outer, inner, target] = await Promise.all([startSshd(), startSshd(), startSshd()])
  })
  afterAll(async () => {
    await Promise.all([outer, inner, target].map((sshd) => sshd.stop()))
  })

  /** `web` lies behind `inner`, which lies behind `outer`, as an ssh_config says it. */
  const config = (extra = '') =>
    [
      ...Object.entries({ outer, inner, web: target }).flatMap(([name, { port, clientKey }]) => [
        `Host ${name}`,
        `  HostName 127.0.0.1`,
        `  Port ${port}`,
        `  User root`,
        `  IdentityFile ${clientKey}`,
      ]),
      extra,
    ].join('\n')
  const contextWith = (extra: string, known: readonly TestSshd[] = [outer, inner, target]) => {
    const context = sshContext(known)
    writeFileSync(join(context.home, '.ssh', 'config'), config(extra))
    return context
  }
  const logins = (sshd: TestSshd) => sshd.log().match(/Accepted publickey/g)?.length ?? 0

  it('reaches a host through a list of them', async () => {
    const before = [outer, inner, target].map(logins)
    const transport = await openSsh({ host: 'web' }, contextWith('Host web\n  ProxyJump outer,inner\n'))
    expect((await transport.run({ command: 'echo there' })).stdout.toString()).toBe('there\n')
    await transport.close()
    expect([outer, inner, target].map(logins)).toEqual(before.map((count) => count + 1))
  })

  it('reaches a host through a jump host that has one of its own', async () => {
    const context = contextWith('Host web\n  ProxyJump inner\nHost inner\n  ProxyJump outer\n')
    const before = logins(outer)
    const transport = await openSsh({ host: 'web' }, context)
    await transport.close()
    expect(logins(outer)).toBe(before + 1)
  })

  it('logs in to a shared jump host once, and lets go of it with the last host', async () => {
    const context = contextWith('Host web\n  ProxyJump outer\n')
    const before = logins(outer)
    const transports = await Promise.all(Array.from({ length: 20 }, () => openSsh({ host: 'web' }, context)))
    expect(logins(outer)).toBe(before + 1)
    await Promise.all(transports.slice(1).map((transport) => transport.close()))
    expect((await transports[0]!.run({ command: 'echo on' })).stdout.toString()).toBe('on\n')
    await transports[0]!.close()
    await expect.poll(() => outer.log().match(/Received disconnect/g)?.length ?? 0).toBeGreaterThan(0)
  })

  it('verifies the host key of every hop', async () => {
    const jump = 'Host web\n  ProxyJump outer,inner\n'
    const missing: [TestSshd, string][] = [
      [outer, String(outer.port)],
      [inner, String(inner.port)],
      [target, String(target.port)],
    ]
    for (const [unknown, port] of missing) {
      const known = [outer, inner, target].filter((sshd) => sshd !== unknown)
      const attempt = openSsh({ host: 'web' }, contextWith(jump, known))
      await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-UNKNOWN' })
      await expect(attempt).rejects.toThrow(port)
    }
  })

  it('says which jump host cannot reach what', async () => {
    const port = await freePort()
    const context = contextWith(`Host gone\n  HostName 127.0.0.1\n  Port ${port}\n  ProxyJump outer\n`)
    const attempt = openSsh({ host: 'gone' }, context)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-UNREACHABLE' })
    await expect(attempt).rejects.toThrow(/jump host root@outer.* cannot reach/)
  })

  it('notices that jump hosts go in a circle', async () => {
    const context = contextWith(
      'Host web\n  ProxyJump inner\nHost inner\n  ProxyJump outer\nHost outer\n  ProxyJump inner\n',
    )
    await expect(openSsh({ host: 'web' }, context)).rejects.toMatchObject({ code: 'APO-SSH-CONFIG' })
  })

  it('loses the hosts behind a jump host that breaks, and nothing hangs', async () => {
    const breaking = await startSshd()
    const context = sshContext([breaking, target])
    writeFileSync(
      join(context.home, '.ssh', 'config'),
      `${config()}\nHost broken\n  HostName 127.0.0.1\n  Port ${breaking.port}\n  User root\n  IdentityFile ${breaking.clientKey}\nHost web\n  ProxyJump broken\n`,
    )
    const transport = await openSsh({ host: 'web' }, context)
    const attempt = transport.run({ command: 'sleep 30' })
    setTimeout(() => void breaking.stop(), 200)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    await transport.close()
  })
})
