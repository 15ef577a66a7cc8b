import { readdirSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { connectTo, sshContext } from '../../../helpers/connect-to.ts'
import { freePort, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

describe('commands over SSH', () => {
  let host: TestSshd
  let transport: Transport

  beforeAll(async () => {
    host = await startSshd({
      users: [
        { name: 'chatty', files: { '.profile': 'echo profile says hello\n' } },
        { name: 'fishy', shell: '/usr/bin/fish' },
        { name: 'plain' },
      ],
      config: ['Banner /etc/passwd'],
    })
    transport = await connectTo(host)
  })
  afterAll(async () => {
    await transport.close()
    await host.stop()
  })

  const processes = async () => (await transport.run({ command: 'ps ax -o args' })).stdout.toString()
  const eventually = async (holds: () => Promise<boolean>) => {
    for (let tries = 0; tries < 40; tries += 1) {
      if (await holds()) return true
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return false
  }

  it('returns what a command printed and how it ended', async () => {
    const result = await transport.run({ command: 'exec sh -s', stdin: 'echo out; echo err >&2; exit 3' })
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: Buffer.from('out\n'),
      stderr: Buffer.from('err\n'),
    })
  })

  it('tells by which signal a command ended', async () => {
    const result = await transport.run({ command: 'exec sh -s', stdin: 'kill -KILL $$' })
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })

  it('keeps no more output than asked for, and says so', async () => {
    const result = await transport.run({ command: 'head -c 5000000 /dev/zero' }, { maxOutputBytes: 1000 })
    expect(result.stdout).toHaveLength(1000)
    expect(result).toMatchObject({ exitCode: 0, truncated: true })
  })

  it('carries large input and output both ways, from and to streams', async () => {
    const data = Buffer.alloc(8_000_000, 'abcdefghij\n')
    const sink = new PassThrough()
    const received = buffer(sink)
    const chunks = Readable.from([data.subarray(0, 3_000_000), data.subarray(3_000_000)])
    const result = await transport.run({ command: 'exec cat', stdin: chunks, stdout: sink })
    expect((await received).equals(data)).toBe(true)
    expect(result.stdout).toHaveLength(0)
  })

  it('survives a command that does not read its input', async () => {
    const result = await transport.run({ command: 'exec true', stdin: Buffer.alloc(20_000_000) })
    expect(result.exitCode).toBe(0)
  })

  it('passes on the error of a broken source', async () => {
    const source = new Readable({ read: () => source.destroy(new Error('the disk is gone')) })
    await expect(transport.run({ command: 'exec cat', stdin: source })).rejects.toThrow('the disk is gone')
  })

  it('runs many commands at once over one connection', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    const results = await Promise.all(
      numbers.map((n) => transport.run({ command: 'exec sh -s', stdin: `sleep 0.05; echo ${n}` })),
    )
    expect(results.map(({ stdout }) => Number(stdout.toString()))).toEqual(numbers)
    expect(host.log().match(/Accepted publickey for root/g)?.length).toBe(1)
  })

  it('ends a command on the host when its time is up', async () => {
    const plain = await connectTo(host, { user: 'plain' })
    const started = performance.now()
    const attempt = plain.run({ command: 'exec sleep 4242' }, { timeoutMs: 300 })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-TIMEOUT', exitCode: 4 })
    expect(performance.now() - started).toBeLessThan(1500)
    expect(await eventually(async () => !(await processes()).includes('sleep 4242'))).toBe(true)
    expect((await plain.run({ command: 'echo still here' })).stdout.toString()).toBe('still here\n')
    await plain.close()
  })

  it('ends a command when the caller aborts, with the reason of the caller', async () => {
    const controller = new AbortController()
    const attempt = transport.run({ command: 'sleep 30' }, { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 100)
    await expect(attempt).rejects.toThrow('enough')
    await expect(transport.run({ command: 'true' }, { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('notices a connection that breaks in the middle of a command', async () => {
    const sockets: Socket[] = []
    const proxy = await listen((client) => {
      const server = connect(host.port, '127.0.0.1')
      sockets.push(client, server)
      client.pipe(server).pipe(client)
      for (const socket of [client, server]) socket.on('error', () => undefined)
    })
    const broken = await throughProxy(proxy.port)
    const attempt = broken.run({ command: 'sleep 30' })
    setTimeout(() => {
      for (const socket of sockets) socket.resetAndDestroy()
    }, 200)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST', exitCode: 4 })
    await expect(broken.run({ command: 'true' })).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    await broken.close()
    proxy.close()
  })

  it('notices a host that went silent', async () => {
    const sockets: Socket[] = []
    const proxy = await listen((client) => {
      const server = connect(host.port, '127.0.0.1')
      sockets.push(client, server)
      client.pipe(server).pipe(client)
      for (const socket of [client, server]) socket.on('error', () => undefined)
    })
    const { writeFileSync } = await import('node:fs')
    const context = sshContext([
      { knownHosts: host.knownHosts.replaceAll(String(host.port), String(proxy.port)) },
    ])
    writeFileSync(`${context.home}/.ssh/config`, 'ServerAliveInterval 1\nServerAliveCountMax 1\n')
    const silent = await openSsh(
      { host: '127.0.0.1', port: proxy.port, user: 'root', identityFile: host.clientKey },
      context,
    )
    const attempt = silent.run({ command: 'sleep 30' })
    for (const socket of sockets) socket.unpipe().pause()
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    const started = performance.now()
    await silent.close()
    expect(performance.now() - started).toBeLessThan(2500)
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })

  it('keeps banners and what login shells print away from the output', async () => {
    for (const user of ['chatty', 'fishy']) {
      const other = await connectTo(host, { user })
      const { stdout } = await other.run({ command: 'exec sh -s', stdin: 'id -un' })
      expect(stdout.toString()).toBe(`${user}\n`)
      await other.close()
    }
  })

  it('ends what runs when it is closed, and can be closed twice', async () => {
    const other = await connectTo(host)
    const attempt = other.run({ command: 'sleep 30' })
    const outcome = expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await Promise.all([other.close(), other.close()])
    await outcome
    await other.close()
  })

  it('returns every descriptor of 200 connections at once', async () => {
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    const context = sshContext([host])
    const target = { host: host.address, port: host.port, user: 'root', identityFile: host.clientKey }
    const transports = await Promise.all(
      Array.from({ length: 200 }, () => openSsh(target, { ...context, connectTimeoutMs: 60_000 })),
    )
    const results = await Promise.all(transports.map((one) => one.run({ command: 'echo hi' })))
    expect(results.every(({ stdout }) => stdout.toString() === 'hi\n')).toBe(true)
    expect(open()).toBeGreaterThanOrEqual(before + 200)
    await Promise.all(transports.map((one) => one.close()))
    expect(await eventually(() => Promise.resolve(open() <= before + 2))).toBe(true)
  }, 90_000)

  async function throughProxy(port: number): Promise<Transport> {
    const known = { knownHosts: host.knownHosts.replaceAll(String(host.port), String(port)) }
    return openSsh(
      { host: '127.0.0.1', port, user: 'root', identityFile: host.clientKey },
      sshContext([known]),
    )
  }
})

describe('hosts that cannot be reached', () => {
  const servers: Listening[] = []
  afterAll(() => servers.forEach((server) => server.close()))

  const attempt = (port: number, changes: { connectTimeoutMs?: number; signal?: AbortSignal } = {}) =>
    openSsh({ host: '127.0.0.1', port, user: 'root' }, sshContext([], changes))

  it('says that nothing listens', async () => {
    await expect(attempt(await freePort())).rejects.toMatchObject({
      code: 'APO-SSH-UNREACHABLE',
      exitCode: 4,
    })
  })

  it('says that a name is not known', async () => {
    const unknown = openSsh({ host: 'no-such-host.invalid' }, sshContext())
    await expect(unknown).rejects.toMatchObject({ code: 'APO-SSH-UNREACHABLE' })
  })

  it('gives up on a host that takes the connection and says nothing', async () => {
    const silent = await listen(() => undefined)
    servers.push(silent)
    const started = performance.now()
    await expect(attempt(silent.port, { connectTimeoutMs: 400 })).rejects.toMatchObject({
      code: 'APO-SSH-TIMEOUT',
    })
    expect(performance.now() - started).toBeLessThan(1500)
    await expect.poll(() => silent.connections()).toBe(0)
  })

  it('stops waiting when the caller aborts', async () => {
    const silent = await listen(() => undefined)
    servers.push(silent)
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('enough')), 100)
    await expect(attempt(silent.port, { signal: controller.signal })).rejects.toThrow('enough')
    await expect.poll(() => silent.connections()).toBe(0)
  })

  it.each([
    ['closes the connection at once', (socket: Socket) => socket.end()],
    ['resets the connection', (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 50)],
    ['says that it is full', (socket: Socket) => socket.end('Exceeded MaxStartups\r\n')],
  ])('tries again where a port %s, and then says so', async (_, answer) => {
    let visits = 0
    const busy = await listen((socket) => {
      visits += 1
      answer(socket)
    })
    servers.push(busy)
    const started = performance.now()
    await expect(attempt(busy.port, { connectTimeoutMs: 1500 })).rejects.toMatchObject({
      code: 'APO-SSH-TURNED-AWAY',
      exitCode: 4,
    })
    expect(performance.now() - started).toBeLessThan(2500)
    expect(visits).toBeGreaterThan(1)
  })

  it.each([
    ['is a web server', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['talks garbage', (socket: Socket) => socket.end(Buffer.alloc(4000, 7))],
    [
      'says SSH and then garbage',
      (socket: Socket) => socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(4000, 7)])),
    ],
  ])('reports a port that %s', async (_, answer) => {
    const odd = await listen((socket) => {
      socket.on('error', () => undefined)
      answer(socket)
    })
    servers.push(odd)
    await expect(attempt(odd.port, { connectTimeoutMs: 3000 })).rejects.toMatchObject({
      code: 'APO-SSH-UNREACHABLE',
    })
  })
})

interface Listening {
  readonly port: number
  readonly connections: () => number
  readonly close: () => void
}

function listen(onConnection: (socket: Socket) => void): Promise<Listening> {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    socket.resume()
    onConnection(socket)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        connections: () => open.size,
        close: () => {
          for (const socket of open) socket.destroy()
          server.close()
        },
      })
    })
  })
}
