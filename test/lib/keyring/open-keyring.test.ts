import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgressEvent } from '../../../src/lib/progress/progress-event.ts'
import type { Keyring } from '../../../src/lib/keyring/keyring.ts'
import { openKeyring, type KeyringWorld } from '../../../src/lib/keyring/open-keyring.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import { openHungBus, openKeyringSession } from '../../helpers/keyring-session.ts'
import { builtProgram } from '../../helpers/run-apoctl.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function session(options: Parameters<typeof openKeyringSession>[0] = {}) {
  const opened = await openKeyringSession(options)
  closing.push(() => opened.close())
  return opened
}

const childFile = join(dirname(builtProgram()), '../dist/keyring-child.cjs')

function keyringAt(env: KeyringWorld['env'], more: Partial<KeyringWorld> = {}): Keyring {
  const reporter = { report: () => undefined }
  const { PATH } = process.env
  return openKeyring({
    childFile,
    env: { PATH, ...env },
    platform: 'linux',
    interactive: false,
    reporter,
    ...more,
  })
}

const secret = new Secret('-----BEGIN PRIVATE KEY-----\nÄ "\\\n-----END PRIVATE KEY-----\n')

/** What it comes to, and that it came within what non-interactive runs are given. */
async function quick<Result>(action: () => Promise<Result>): Promise<Result> {
  const start = performance.now()
  const result = await action()
  expect(performance.now() - start).toBeLessThan(8_000)
  return result
}

describe('an open keyring', () => {
  it('gives back what was stored, to the byte, and forgets what is removed', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    expect(await keyring.fetch('one')).toEqual({ outcome: 'available', value: undefined })
    expect(await keyring.store({ account: 'one', secret })).toEqual({
      outcome: 'available',
      value: undefined,
    })
    const found = await keyring.fetch('one')
    expect(found.outcome === 'available' && found.value?.reveal()).toBe(secret.reveal())
    expect(await desktop.accounts()).toEqual(['one'])
    expect((await keyring.remove('one')).outcome).toBe('available')
    expect((await keyring.remove('one')).outcome).toBe('available')
    expect(await desktop.accounts()).toEqual([])
  })

  it('keeps entries of several names apart, written at once', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(names.map((account) => keyring.store({ account, secret: new Secret(`of ${account}`) })))
    for (const account of names) {
      const found = await keyring.fetch(account)
      expect(found.outcome === 'available' && found.value?.reveal()).toBe(`of ${account}`)
    }
  })

  it('survives a restart: nothing went to the keyring of the kernel', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    await keyring.store({ account: 'one', secret })
    await desktop.kill()
    await desktop.start()
    expect(await keyring.fetch('one')).toMatchObject({ outcome: 'available', value: expect.any(Secret) })
  })
})

describe('a keyring that cannot be used', () => {
  it('is locked when nobody can be asked for the password', async () => {
    const desktop = await session({ dialog: 'impossible' })
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    await keyring.store({ account: 'one', secret })
    await desktop.lock()
    for (const ask of [
      () => keyring.fetch('one'),
      () => keyring.store({ account: 'two', secret }),
      () => keyring.remove('one'),
    ])
      expect(await quick(ask)).toEqual({ outcome: 'locked', why: 'it is locked, and nobody unlocked it' })
  })

  it('is given up when it asks for its password and nobody answers', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    await keyring.store({ account: 'one', secret })
    await desktop.lock()
    expect(await quick(() => keyring.fetch('one'))).toEqual({
      outcome: 'timed-out',
      why: 'it did not answer within 5 s',
    })
    expect(await quick(() => keyring.store({ account: 'two', secret }))).toMatchObject({
      outcome: 'timed-out',
    })
  })

  it('has somebody at a terminal told that it is waited for, until they interrupt it', async () => {
    const desktop = await session()
    await desktop.start()
    await keyringAt(desktop.env).store({ account: 'one', secret })
    await desktop.lock()
    const said: ProgressEvent[] = []
    const stop = new AbortController()
    const reporter = {
      report: (event: ProgressEvent) => {
        said.push(event)
        stop.abort(new Error('Ctrl-C'))
      },
    }
    const keyring = keyringAt(desktop.env, { interactive: true, reporter, signal: stop.signal })
    await expect(quick(() => keyring.fetch('one'))).rejects.toThrow('Ctrl-C')
    expect(said).toMatchObject([{ type: 'note', text: expect.stringContaining('waiting up to 60 s') }])
  })

  it('is absent without a bus', async () => {
    const none = { outcome: 'absent', why: 'there is no session bus' }
    expect(await quick(() => keyringAt({}).store({ account: 'one', secret }))).toEqual(none)
    const gone = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }
    expect(await quick(() => keyringAt(gone).fetch('one'))).toEqual(none)
  })

  it('is absent on a bus where nobody keeps secrets', async () => {
    const desktop = await session()
    expect(await quick(() => keyringAt(desktop.env).store({ account: 'one', secret }))).toEqual({
      outcome: 'absent',
      why: 'no program on the session bus keeps secrets',
    })
  })

  it('is absent as long as it has no collection', async () => {
    const desktop = await session()
    await desktop.start('never used')
    expect(await quick(() => keyringAt(desktop.env).store({ account: 'one', secret }))).toEqual({
      outcome: 'absent',
      why: 'it has no default collection to keep anything in',
    })
  })

  it('is given up when the bus takes the connection and says nothing', async () => {
    const bus = await openHungBus()
    closing.push(() => bus.close())
    expect(await quick(() => keyringAt(bus.env).fetch('one'))).toMatchObject({ outcome: 'timed-out' })
  })

  it('is absent when the bus does not let us in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'apoctl-closed-bus-'))
    const server = createServer((socket) => socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(join(folder, 'bus'), resolve))
    closing.push(
      () => rm(folder, { recursive: true, force: true }),
      () => new Promise((resolve) => server.close(resolve)),
    )
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` }
    expect(await quick(() => keyringAt(env).fetch('one'))).toEqual({
      outcome: 'absent',
      why: 'the session bus broke off, or is the one of somebody else',
    })
  })

  it('is absent when it is killed in between, and there again when it is', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    await keyring.store({ account: 'one', secret })
    await desktop.kill()
    expect(await quick(() => keyring.fetch('one'))).toMatchObject({ outcome: 'absent' })
    await desktop.start()
    expect(await keyring.fetch('one')).toMatchObject({ outcome: 'available', value: expect.any(Secret) })
  })

  it('is given up when it is killed while its dialog is open', async () => {
    const desktop = await session()
    await desktop.start()
    const keyring = keyringAt(desktop.env)
    await keyring.store({ account: 'one', secret })
    await desktop.lock()
    const asking = quick(() => keyring.fetch('one'))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await desktop.kill()
    expect((await asking).outcome).toBe('timed-out')
  })

  it('is absent when the library does not load, or its helper breaks', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'apoctl-no-library-'))
    closing.push(() => rm(scratch, { recursive: true }))
    execFileSync('cp', [childFile, scratch])
    const alone = keyringAt({}, { childFile: join(scratch, 'keyring-child.cjs') })
    expect(await alone.fetch('one')).toEqual({
      outcome: 'absent',
      why: 'the library for it does not run on this system',
    })
    const broken = keyringAt({}, { childFile: join(scratch, 'nothing.cjs') })
    expect(await broken.fetch('one')).toMatchObject({
      outcome: 'absent',
      why: expect.stringContaining('helper ended'),
    })
  })
})

describe('the process that asks the keyring', () => {
  it('may say what cannot be read, and no part of that is repeated', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'apoctl-garbled-'))
    closing.push(() => rm(scratch, { recursive: true }))
    const garbled = join(scratch, 'garbled.cjs')
    writeFileSync(garbled, "console.log('c2VjcmV0 is no JSON')")
    expect(await keyringAt({}, { childFile: garbled }).fetch('one')).toEqual({
      outcome: 'absent',
      why: 'its helper gave no answer that can be read',
    })
  })

  it('ends when whoever started it is killed, although the bus hangs', async () => {
    const bus = await openHungBus()
    closing.push(() => bus.close())
    // Starts it as we do, says its number, and hangs itself.
    const script = `
      const child = require('node:child_process').spawn(process.execPath, [process.argv[1]])
      child.stdin.write('{"action":"fetch","account":"one"}\\n')
      setTimeout(() => console.log(child.pid), 700)`
    const starter = spawn(process.execPath, ['-e', script, childFile], { env: { ...bus.env } })
    const pid = await new Promise<number>((resolve) =>
      starter.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
    )
    expect(isRunning(pid)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false)
  })

  it('shows no secret in its arguments or its environment', async () => {
    const bus = await openHungBus()
    closing.push(() => bus.close())
    const storing = keyringAt({ ...bus.env, APOCTL_TOKEN: 'of apoctl' }).store({ account: 'mine', secret })
    const pid = await childOf(process.pid)
    const shown = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join()
    expect(shown).toContain('keyring-child.cjs')
    expect(shown).not.toMatch(/PRIVATE KEY|of apoctl|mine/)
    await storing
  })
})

function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z'
  } catch {
    return false
  }
}

async function childOf(parent: number): Promise<string> {
  for (;;) {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
    const ours = children.find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keyring-child'),
    )
    if (ours !== undefined) return ours
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
