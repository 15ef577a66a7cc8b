import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../helpers/connect-to.ts'
import { freePort, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

describe('a ProxyCommand', () => {
  let target: TestSshd
  let outer: TestSshd

  beforeAll(async () => {
    ;[target, outer] = await Promise.all([startSshd({ users: [{ name: 'tess' }] }), startSshd()])
  })
  afterAll(async () => {
    await Promise.all([target.stop(), outer.stop()])
  })

  /** `web` is the target, reached as the lines say; `outer` may stand before it. HOME is the home in them. */
  const contextWith = (lines: string, changes: Partial<SshContext> = {}) => {
    const context = sshContext([target, outer], changes)
    const host = (name: string, { port, clientKey }: TestSshd) =>
      `Host ${name}\n HostName 127.0.0.1\n Port ${port}\n User root\n IdentityFile ${clientKey}\n`
    const more = lines.replaceAll('HOME', context.home)
    writeFileSync(context.configFile ?? '', host('web*', target) + host('outer', outer) + more)
    return context
  }
  const netcat = 'busybox nc %h %p'
  const web = (command: string) => `Host web*\n ProxyCommand ${command}\n`
  const isRunning = (pid: string) => existsSync(`/proc/${pid.trim()}`)
  const pidIn = async (file: string) => {
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n')).toBe(true)
    return readFileSync(file, 'utf8')
  }

  it('is the connection', async () => {
    const transport = await openSsh({ host: 'web' }, contextWith(web(netcat)))
    expect((await transport.run({ command: 'echo there' })).stdout.toString()).toBe('there\n')
    await transport.close()
  })

  it('may be ssh -W, with a configuration of its own', async () => {
    const options = '-F HOME/.ssh/config -o BatchMode=yes -o UserKnownHostsFile=HOME/.ssh/known_hosts'
    const context = contextWith(web(`ssh ${options} -W [%h]:%p outer`))
    const transport = await openSsh({ host: 'web' }, context)
    expect((await transport.run({ command: 'echo there' })).stdout.toString()).toBe('there\n')
    await transport.close()
    await expect.poll(() => outer.log()).toMatch(/Disconnected from|Connection closed/)
  })

  it('carries much both ways', async () => {
    const transport = await openSsh({ host: 'web' }, contextWith(web(netcat)))
    const data = Buffer.alloc(20_000_000, 'abcdefghij\n')
    const sink = new PassThrough()
    const received = buffer(sink)
    await transport.run({ command: 'exec cat', stdin: data, stdout: sink })
    expect((await received).equals(data)).toBe(true)
    await transport.close()
  })

  it('serves many hosts at once, one command each, and all are gone at the end', async () => {
    const context = contextWith(web(`sh -c 'echo $$ >> HOME/pids; exec ${netcat}'`))
    const names = Array.from({ length: 30 }, (_, index) => `web${index}`)
    const transports = await Promise.all(names.map((host) => openSsh({ host }, context)))
    const results = await Promise.all(transports.map((one) => one.run({ command: 'echo hi' })))
    expect(results.every(({ stdout }) => stdout.toString() === 'hi\n')).toBe(true)
    await Promise.all(transports.map((one) => one.close()))
    const all = readFileSync(join(context.home, 'pids'), 'utf8').trim().split('\n')
    expect(all).toHaveLength(30)
    await expect.poll(() => all.filter(isRunning)).toEqual([])
  })

  it('lets the key of the host be verified all the same', async () => {
    const context = contextWith(web(netcat))
    writeFileSync(join(context.home, '.ssh', 'known_hosts'), outer.knownHosts)
    await expect(openSsh({ host: 'web' }, context)).rejects.toMatchObject({ code: 'APO-SSH-HOSTKEY-UNKNOWN' })
  })

  it('is run in the shell of the user', async () => {
    const environment = { PATH: process.env['PATH'], SHELL: '/bin/bash' }
    const context = contextWith(web('busybox nc "${BASH_VERSION:+%h}" %p'), { environment })
    await (await openSsh({ host: 'web' }, context)).close()
  })

  it.each([
    ['ends at once', 'sh -c "echo no route for you >&2; exit 3"', /ended with 3: no route for you/],
    ['does not exist', '/no/such/program %h', /ended with 127: .*\/no\/such\/program/],
    ['says nothing and ends', 'true', /config:\d+ ended with 0$/],
    ['is killed', 'kill -9 $$', /ended by SIGKILL/],
  ])('that %s is told as it is, and run once', async (_, command, message) => {
    const context = contextWith(web(`sh -c 'echo ran >> HOME/log; ${command}'`))
    const started = performance.now()
    const attempt = openSsh({ host: 'web' }, context)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-PROXY', exitCode: 4 })
    await expect(attempt).rejects.toThrow(message)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(readFileSync(join(context.home, 'log'), 'utf8')).toBe('ran\n')
  })

  it('is run once also where what it leads to turns us away', async () => {
    const turnsAway = 'echo ran >> HOME/log; echo Exceeded MaxStartups; exec >&-; sleep 1'
    const context = contextWith(web(`sh -c '${turnsAway}'`))
    await expect(openSsh({ host: 'web' }, context)).rejects.toMatchObject({ code: 'APO-SSH-PROXY' })
    expect(readFileSync(join(context.home, 'log'), 'utf8')).toBe('ran\n')
  })

  it('that hangs is given up in time, and ended with all that it started', async () => {
    const context = contextWith(web("sh -c 'sleep 300 & echo $! > HOME/pid; wait'"), {
      connectTimeoutMs: 700,
    })
    const started = performance.now()
    await expect(openSsh({ host: 'web' }, context)).rejects.toMatchObject({
      code: 'APO-SSH-TIMEOUT',
      exitCode: 4,
    })
    expect(performance.now() - started).toBeLessThan(2000)
    const pid = await pidIn(join(context.home, 'pid'))
    await expect.poll(() => isRunning(pid), { timeout: 4000 }).toBe(false)
  })

  it('that does not listen to being hung up is ended all the same', async () => {
    const deaf = `sh -c 'trap "" HUP; echo $$ > HOME/pid; sleep 300; sleep 300'`
    const context = contextWith(web(deaf), { connectTimeoutMs: 500 })
    await expect(openSsh({ host: 'web' }, context)).rejects.toMatchObject({ code: 'APO-SSH-TIMEOUT' })
    const pid = await pidIn(join(context.home, 'pid'))
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false)
  })

  it('that breaks in the middle of a command costs its host alone', async () => {
    const first = `Host web1\n ProxyCommand sh -c 'echo $$ > HOME/pid; exec ${netcat}'\n`
    const context = contextWith(first + web(netcat))
    const [broken, other] = await Promise.all(['web1', 'web2'].map((host) => openSsh({ host }, context)))
    const attempt = broken!.run({ command: 'sleep 30' })
    process.kill(Number(await pidIn(join(context.home, 'pid'))), 'SIGKILL')
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST', exitCode: 4 })
    await expect(attempt).rejects.toThrow(/ended by SIGKILL/)
    expect((await other!.run({ command: 'echo on' })).stdout.toString()).toBe('on\n')
    await Promise.all([broken!.close(), other!.close()])
  })

  it('tells a refused login from its own end', async () => {
    const attempt = openSsh({ host: 'web', user: 'stranger' }, contextWith(web(netcat)))
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-AUTH', exitCode: 3 })
  })

  it('says what it said to those who want to know', async () => {
    const events: ProgressEvent[] = []
    const reporter = { report: (event: ProgressEvent) => void events.push(event) }
    const context = contextWith(web(`sh -c 'echo by way of the moon >&2; exec ${netcat}'`), { reporter })
    await (await openSsh({ host: 'web' }, context)).close()
    expect(events).toContainEqual({ type: 'debug', subject: 'web', text: 'ProxyCommand: by way of the moon' })
  })

  it('may be the way to a jump host', async () => {
    const context = contextWith(`Host web\n ProxyJump outer\nHost outer\n ProxyCommand ${netcat}\n`)
    const transport = await openSsh({ host: 'web' }, context)
    expect((await transport.run({ command: 'echo there' })).stdout.toString()).toBe('there\n')
    await transport.close()
  })

  it('of a later hop does not count: the hop before it is the way', async () => {
    const second = await startSshd()
    try {
      const hop = `Host second\n HostName 127.0.0.1\n Port ${second.port}\n User root\n IdentityFile ${second.clientKey}\n ProxyCommand false\n`
      const context = contextWith(`${hop}Host web\n ProxyJump outer,second\nHost web2\n ProxyJump second\n`)
      const known = join(context.home, '.ssh', 'known_hosts')
      writeFileSync(known, readFileSync(known, 'utf8') + second.knownHosts)
      const transport = await openSsh({ host: 'web' }, context)
      await transport.close()
      await expect(openSsh({ host: 'web2' }, context)).rejects.toMatchObject({ code: 'APO-SSH-PROXY' })
    } finally {
      await second.stop()
    }
  })

  it('is not needed where ProxyJump or ProxyCommand says none', async () => {
    const port = await freePort()
    for (const none of ['ProxyJump none', 'ProxyCommand none']) {
      const context = contextWith(
        `Host web\n ${none}\nHost *\n ProxyJump 127.0.0.1:${port}\n ProxyCommand false\n`,
      )
      await (await openSsh({ host: 'web' }, context)).close()
    }
  })
})
