/** The embedded Console as a process: killed, stopped, started twice. Needs no lab. */
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scratchFolder } from '../../helpers/run-apoctl.ts'
import { freePort } from '../../helpers/sshd.ts'
import { callConsole, type RawAnswer } from '../../helpers/console.ts'
import { startConsoleProcess, type ConsoleProcess } from '../console-process.ts'
import { apoctl, demand, demandExit, start } from '../program.ts'

let console: ConsoleProcess
let port: number
beforeAll(async () => {
  port = await freePort()
  const folder = mkdtempSync(join(scratchFolder(), 'console-'))
  console = await startConsoleProcess({ host: '127.0.0.1', port, folder })
  const made = await console.call({
    method: 'POST',
    path: '/namespaces',
    namespace: '/',
    body: { name: 'e2e' },
  })
  expect(made.status, made.bytes.toString()).toBe(200)
})
afterAll(async () => {
  await console.stop()
})

interface Told {
  /** Objects whose last acknowledged state this is; `undefined` once a removal was acknowledged. */
  readonly objects: Map<string, string | undefined>
  /** What was asked for last and never answered: either state is right. */
  readonly open: Set<string>
}

/** One client: makes, changes and removes objects until the Console is gone, and notes every answer. */
async function keepWriting(client: number, told: Told): Promise<void> {
  const token = await console.token()
  const reach = { url: console.url, caPem: readFileSync(console.authority, 'utf8') }
  for (let made = 0; ; made += 1) {
    const ask = async (asked: object): Promise<RawAnswer | undefined> => {
      try {
        return await callConsole(reach, { path: '', token, namespace: '/e2e', ...asked })
      } catch {
        return undefined
      }
    }
    const name = `c${client}-${process.hrtime.bigint()}-${made}`
    const created = await ask({
      method: 'POST',
      path: '/namespaces',
      body: { name, description: 'made' },
    })
    if (created === undefined) return
    expect(created.status, created.bytes.toString()).toBe(200)
    const { ID } = created.body as { readonly ID: string }
    told.objects.set(ID, 'made')
    if (made % 3 === 0) continue
    told.open.add(ID)
    const change = {
      method: 'PUT',
      path: `/namespaces/${ID}`,
      body: { name: `/e2e/${name}`, description: 'changed' },
    }
    const next = await ask(made % 3 === 1 ? change : { method: 'DELETE', path: `/namespaces/${ID}` })
    if (next === undefined) return
    expect(next.status, next.bytes.toString()).toBeLessThan(300)
    told.objects.set(ID, made % 3 === 1 ? 'changed' : undefined)
    told.open.delete(ID)
  }
}

async function everything(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (let page = 1; ; page += 1) {
    const path = `/namespaces?page=${page}&pagesize=200`
    const answer = await console.call({ path, namespace: '/e2e' })
    const objects = (answer.body ?? []) as readonly { readonly ID: string; readonly description: string }[]
    for (const { ID, description } of objects) found.set(ID, description)
    if (objects.length < 200) return found
  }
}

test('killed while six clients write, again and again, it has everything that it acknowledged', async () => {
  const told: Told = { objects: new Map(), open: new Set() }
  let writes = 0
  for (let round = 0; round < 5; round += 1) {
    const clients = Array.from({ length: 6 }, (_, client) => keepWriting(client, told))
    await new Promise((resolve) => setTimeout(resolve, 700 + round * 331))
    await console.kill()
    await Promise.all(clients)
    expect(told.objects.size, `round ${round} wrote something`).toBeGreaterThan(writes)
    writes = told.objects.size
    await console.start()
    const found = await everything()
    for (const [ID, description] of told.objects) {
      if (told.open.has(ID)) expect([undefined, 'made', 'changed'], ID).toContain(found.get(ID))
      else expect(found.get(ID), ID).toBe(description)
    }
  }
  expect(told.objects.size).toBeGreaterThan(100)
  const states = new Set(told.objects.values())
  expect(states).toEqual(new Set(['made', 'changed', undefined]))
})

describe('asked to stop', () => {
  test('it answers what is under way, ends in good order, and goes on where it was', async () => {
    const before = await everything()
    const token = await console.token()
    const reach = { url: console.url, caPem: readFileSync(console.authority, 'utf8') }
    const body = { name: `last-${Date.now()}` }
    const [answer] = await Promise.all([
      callConsole(reach, { method: 'POST', path: '/namespaces', token, namespace: '/e2e', body }),
      new Promise((resolve) => setTimeout(resolve, 1)).then(() => console.stop()),
    ]).catch(() => [undefined])
    await console.start()
    const after = await everything()
    expect(after.size - before.size).toBe(answer?.status === 200 ? 1 : after.size - before.size)
    // A write-ahead log that was not folded in would be a sign of a hard end.
    expect(await console.stop()).toBe(143)
    const log = join(console.dataDir, 'console.db-wal')
    expect(existsSync(log) ? statSync(log).size : 0).toBe(0)
    await console.start()
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s it ends with %i, as every command does', async (signal, exitCode) => {
    const folder = mkdtempSync(join(scratchFolder(), 'stop-'))
    const words = ['console', 'serve', '--listen', `127.0.0.1:${await freePort()}`, '--data-dir', folder]
    const run = start(words)
    await new Promise((resolve) => run.child.stdout.once('data', resolve))
    run.child.kill(signal)
    demandExit(await run.ended, exitCode)
  })
})

describe('a second Console', () => {
  test('on the same data directory is refused, and the first goes on', async () => {
    const words = [
      'console',
      'serve',
      '--listen',
      `127.0.0.1:${await freePort()}`,
      '--data-dir',
      console.dataDir,
    ]
    for (const form of [[], ['--json']]) {
      const run = demandExit(await apoctl([...words, ...form]), 1)
      demand(run.stderr.includes('APO-CONSOLE-DATA'), { run, that: 'it says which error' })
      demand(run.stderr.includes(console.dataDir), { run, that: 'it names the directory' })
    }
    expect((await everything()).size).toBeGreaterThan(0)
  })

  test('on the same port is refused', async () => {
    const folder = join(scratchFolder(), 'other')
    const words = ['console', 'serve', '--listen', `127.0.0.1:${port}`, '--data-dir', folder]
    for (const form of [[], ['--json']]) {
      const run = demandExit(await apoctl([...words, ...form]), 1)
      demand(run.stderr.includes('APO-CONSOLE-LISTEN'), { run, that: 'it says which error' })
      demand(run.stderr.includes(`127.0.0.1:${port}`), { run, that: 'it names the address' })
    }
    expect((await everything()).size).toBeGreaterThan(0)
  })

  test('on a port that another program has, or on an address of another machine, is refused', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address() as { readonly port: number }
    const folder = join(scratchFolder(), 'other')
    for (const listen of [`127.0.0.1:${address.port}`, '192.0.2.1:4443']) {
      const run = demandExit(await apoctl(['console', 'serve', '--listen', listen, '--data-dir', folder]), 1)
      demand(run.stderr.includes('APO-CONSOLE-LISTEN'), { run, that: 'it says which error' })
    }
    other.close()
  })
})

test('the command line makes and lists what the Console keeps, across a kill', async () => {
  const login = ['--creds', console.credential, '--namespace', '/e2e']
  const words = ['api', 'create', 'namespace', ...login, '--data', '{"name":"by-hand"}', '--json']
  const made = demandExit(await apoctl(words), 0)
  const { name } = JSON.parse(made.stdout) as { name: string }
  demand(name === '/e2e/by-hand', { run: made, that: 'the object comes as the Console sends it' })
  const twice = demandExit(await apoctl(words), 1)
  demand(twice.stderr.includes('APO-API-DUPLICATE'), { run: twice, that: 'it is there already' })
  await console.kill()
  await console.start()
  const filter = ['--filter', 'name == "/e2e/by-hand"']
  const listed = demandExit(await apoctl(['api', 'list', 'namespaces', ...login, ...filter, '--json']), 0)
  demand(listed.stdout.includes('/e2e/by-hand'), { run: listed, that: 'it is listed' })
})
