import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import { connectTo, sshContext } from '../../../helpers/connect-to.ts'
import { startSshd, type SshdOptions, type TestSshd } from '../../../helpers/sshd.ts'

/** Servers as operators meet them. What is wrong with one must cost it alone, and be told as what it is. */
describe('a host', () => {
  const hosts: TestSshd[] = []
  const start = async (options: SshdOptions) => {
    const host = await startSshd(options)
    hosts.push(host)
    return host
  }
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.stop()))
  })

  describe('whose sshd has many logins under way', () => {
    let host: TestSshd
    const squatters: Socket[] = []
    /** Connections that never log in, as a scanner leaves them behind. */
    const squat = async () => {
      for (let seat = 0; seat < 2; seat += 1) {
        const socket = connect(host.port, '127.0.0.1')
        squatters.push(socket)
        await new Promise((resolve) => socket.once('data', resolve))
      }
    }
    const leave = () => squatters.splice(0).forEach((socket) => socket.destroy())

    beforeAll(async () => {
      host = await start({ config: ['MaxStartups 2'] })
    })
    afterAll(leave)

    const target = () => ({ host: '127.0.0.1', port: host.port, user: 'root', identityFile: host.clientKey })

    it('is waited for', async () => {
      const events: ProgressEvent[] = []
      const reporter = { report: (event: ProgressEvent) => void events.push(event) }
      await squat()
      setTimeout(leave, 1500)
      const transport = await openSsh(target(), sshContext([host], { reporter }))
      expect((await transport.run({ command: 'echo in' })).stdout.toString()).toBe('in\n')
      await transport.close()
      const waits = events.filter(({ type }) => type === 'debug')
      expect(waits.length).toBeGreaterThan(0)
      expect(waits[0]).toMatchObject({
        text: expect.stringMatching(/turned us away; trying again in \d+ ms/),
      })
      expect(host.log()).toMatch(/MaxStartups|drop connection/)
    })

    it('is given up in time, and said to be full', async () => {
      await squat()
      const started = performance.now()
      const attempt = openSsh(target(), sshContext([host], { connectTimeoutMs: 2000 }))
      await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-TURNED-AWAY', exitCode: 4 })
      await expect(attempt).rejects.toThrow(/closed the connection before the login/)
      expect(performance.now() - started).toBeLessThan(3000)
      leave()
    })

    it('lets in more than it has room for at once, one after the other', async () => {
      const context = { ...sshContext([host]), connectTimeoutMs: 20_000 }
      const transports = await Promise.all(Array.from({ length: 6 }, () => openSsh(target(), context)))
      await Promise.all(transports.map((transport) => transport.close()))
    })
  })

  it('that has room for one session runs commands one after the other, however long they take', async () => {
    const host = await start({ config: ['MaxSessions 1'] })
    const transport = await connectTo(host)
    const started = performance.now()
    const results = await Promise.all(
      [1, 2, 3].map((n) => transport.run({ command: 'exec sh -s', stdin: `sleep 1.5; echo ${n}` })),
    )
    expect(results.map(({ stdout }) => stdout.toString())).toEqual(['1\n', '2\n', '3\n'])
    expect(performance.now() - started).toBeGreaterThan(4400)
    await transport.close()
  })

  it('that has room for no session says so', async () => {
    const host = await start({ config: ['MaxSessions 0'] })
    const transport = await connectTo(host)
    const attempt = transport.run({ command: 'true' })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST', exitCode: 4 })
    await expect(attempt).rejects.toThrow(/does not run commands/)
    await transport.close()
  }, 20_000)

  it('that waits for room stops waiting when the caller does', async () => {
    const host = await start({ config: ['MaxSessions 1'] })
    const transport = await connectTo(host)
    const long = transport.run({ command: 'sleep 5' })
    const outcome = expect(long).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    await expect(transport.run({ command: 'true' }, { timeoutMs: 700 })).rejects.toMatchObject({
      code: 'APO-HOST-TIMEOUT',
    })
    await transport.close()
    await outcome
  })

  it('without a subsystem for files needs none', async () => {
    const host = await start({ subsystems: [] })
    const transport = await connectTo(host)
    const data = Buffer.alloc(100_000, 'x')
    await transport.run({ command: 'exec sh -s', stdin: 'cat > /root/file <<E\nhello\nE\n' })
    expect((await transport.run({ command: 'exec cat', stdin: data })).stdout.equals(data)).toBe(true)
    expect((await transport.run({ command: 'exec cat /root/file' })).stdout.toString()).toBe('hello\n')
    await transport.close()
  })

  it('that forces a command gives what that command says', async () => {
    const host = await start({ config: ['ForceCommand echo backups only; exit 7'] })
    const transport = await connectTo(host)
    const result = await transport.run({ command: 'exec sh -s', stdin: 'id' })
    expect(result).toMatchObject({ exitCode: 7, stdout: Buffer.from('backups only\n') })
    await transport.close()
  })

  it('that gives no shell says what it says', async () => {
    const host = await start({ users: [{ name: 'tess', shell: '/usr/sbin/nologin' }] })
    const transport = await connectTo(host, { user: 'tess' })
    const { exitCode, stdout } = await transport.run({ command: 'exec sh -s', stdin: 'id' })
    expect(exitCode).toBe(1)
    expect(stdout.toString()).toMatch(/not available/)
    await transport.close()
  })

  it('that forbids forwarding is no jump host, and says so', async () => {
    const host = await start({ config: ['AllowTcpForwarding no'] })
    const context = sshContext([host])
    const { writeFileSync } = await import('node:fs')
    const jump = `Host jump\n HostName 127.0.0.1\n Port ${host.port}\n User root\n IdentityFile ${host.clientKey}\nHost web\n ProxyJump jump\n`
    writeFileSync(context.configFile ?? '', jump)
    const attempt = openSsh({ host: 'web' }, context)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-UNREACHABLE', exitCode: 4 })
    await expect(attempt).rejects.toThrow(/jump host root@jump:\d+ cannot reach web:22/)
  })

  it.each(['/usr/bin/fish', '/usr/bin/tcsh', '/bin/dash', '/bin/bash'])(
    'whose accounts have %s runs what is sent to sh',
    async (shell) => {
      const host = await start({
        users: [{ name: 'tess', shell }],
        config: ['Banner /etc/passwd', 'PrintMotd yes', 'PrintLastLog yes'],
        prepare: ['echo message of the day > /etc/motd'],
      })
      const transport = await connectTo(host, { user: 'tess' })
      const script = 'for word in a "b c" \'$d\'; do echo "$word"; done; exit 5'
      const result = await transport.run({ command: 'exec sh -s', stdin: script })
      expect(result).toMatchObject({
        exitCode: 5,
        stdout: Buffer.from('a\nb c\n$d\n'),
        stderr: Buffer.from(''),
      })
      await transport.close()
    },
  )

  it('that is older than our ways to encrypt is told what it and we have', async () => {
    const host = await start({ config: ['Ciphers aes128-cbc', 'KexAlgorithms diffie-hellman-group14-sha1'] })
    const attempt = connectTo(host)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-UNREACHABLE' })
    await expect(attempt).rejects.toThrow(/share no way to encrypt/)
    const context = sshContext([host])
    const { writeFileSync } = await import('node:fs')
    writeFileSync(
      context.configFile ?? '',
      'Ciphers +aes128-cbc\nKexAlgorithms +diffie-hellman-group14-sha1\n',
    )
    const target = { host: '127.0.0.1', port: host.port, identityFile: host.clientKey }
    await (await openSsh(target, context)).close()
  })

  it('does not hold up the others', async () => {
    const good = await start({})
    const full = await start({ config: ['MaxSessions 0'] })
    const outcomes = await Promise.allSettled([
      connectTo(full).then((transport) =>
        transport.run({ command: 'true' }).finally(() => transport.close()),
      ),
      connectTo(good).then((transport) =>
        transport.run({ command: 'echo ok' }).finally(() => transport.close()),
      ),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})
