import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRelay, type Relay } from '../../helpers/relay.ts'
import { finished, startApoctl, type ApoctlRun } from '../../helpers/run-apoctl.ts'
import { apiScene } from './scene.ts'

// The real program and a real Console, over a way that breaks in every way that ways break.

const scene = apiScene()
const { api } = scene
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
beforeAll(async () => {
  await api('create ns -k name warm')
})

interface Listening {
  readonly child: ChildProcessWithoutNullStreams
  readonly relay: Relay
  readonly end: Promise<ApoctlRun>
  /** Waits until a stream has said something that matches, from the beginning on. */
  readonly said: (stream: 'stdout' | 'stderr', what: RegExp) => Promise<string>
}

async function listen(words = '-r --identity ns -o jsonl'): Promise<Listening> {
  const relay = await startRelay(scene.console.url)
  const child = startApoctl(['api', 'listen', ...words.split(' ')], {
    env: { ...scene.env, APOCTL_API: relay.url },
  })
  const end = finished(child)
  closing.push(
    () => relay.close(),
    () => child.kill('SIGKILL'),
  )
  const heard = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => (heard[stream] += chunk.toString()))
  const said: Listening['said'] = async (stream, what) => {
    const deadline = Date.now() + 40_000
    while (!what.test(heard[stream])) {
      if (Date.now() > deadline || child.exitCode !== null)
        throw new Error(`${stream} did not say ${String(what)}: ${heard.stdout}\n${heard.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return heard[stream]
  }
  await said('stderr', /listening to/)
  return { child, relay, end, said }
}

let number = 0
const create = async (): Promise<string> => {
  number += 1
  await api(`create ns -k name made${number}`)
  return `/made${number}`
}
const named = (name: string): RegExp => new RegExp(`"name":"${name}"`)
const eventsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('api listen', () => {
  it('goes on after a connection that was cut, and tells what it missed', async () => {
    const { relay, child, end, said } = await listen()
    await said('stdout', named(await create()))
    await relay.refuse()
    const missed = await create()
    await new Promise((resolve) => setTimeout(resolve, 500))
    await relay.mend()
    const text = await said('stdout', named(missed))
    const event = eventsOf(text).find(({ entity }) => (entity as { name?: string }).name === missed)
    expect(event).toMatchObject({ type: 'update', identity: 'namespace', relisted: true })
    await said('stderr', /warning: .*no events for \d+ s/)
    await said('stdout', named(await create()))
    child.kill('SIGINT')
    expect(await end).toMatchObject({ exitCode: 130 })
  }, 60_000)

  it('is patient with a way that stays silent for long', async () => {
    const { relay, child, end, said } = await listen()
    relay.stall()
    // It notices after two pings, and meets the same silence when it tries again.
    const missed = await create()
    await new Promise((resolve) => setTimeout(resolve, 35_000))
    expect(child.exitCode).toBeNull()
    await relay.mend()
    await said('stdout', named(missed))
    await said('stderr', /the Console went silent/)
    child.kill('SIGINT')
    expect(await end).toMatchObject({ exitCode: 130 })
  }, 120_000)

  it('lists what it missed although the way breaks again while it lists', async () => {
    const { relay, child, end, said } = await listen('-r -o jsonl')
    await relay.refuse()
    const missed = await create()
    await relay.mend()
    await said('stderr', /no events for/)
    await relay.refuse()
    // Longer than a call is tried again.
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(child.exitCode).toBeNull()
    await relay.mend()
    await said('stdout', named(missed))
    await said('stdout', named(await create()))
    child.kill('SIGINT')
    expect(await end).toMatchObject({ exitCode: 130 })
  }, 90_000)

  it('ends while it waits for the way to come back', async () => {
    const { relay, child, end } = await listen()
    await relay.refuse()
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.kill('SIGINT')
    expect(await end).toMatchObject({ exitCode: 130 })
  }, 60_000)

  it('ends quietly when its reader has seen enough', async () => {
    const relay = await startRelay(scene.console.url)
    closing.push(() => relay.close())
    const line = '{ $APOCTL api listen -r --identity ns -q --timeout 40s; echo "exit $?" >&2; } | head -2'
    const run = scene.shell(line.replace('$APOCTL', `APOCTL_API=${relay.url} $APOCTL`))
    while (relay.connections() < 1) await new Promise((resolve) => setTimeout(resolve, 50))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const seen = await create()
    await create()
    await create()
    const { stdout, stderr } = await run
    expect(stdout).toMatch(/^timestamp +type +identity +name/)
    expect(stdout).toContain(seen)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stderr).toBe('exit 0\n')
  }, 60_000)

  it.each([
    ['a Console that is not there', { APOCTL_API: 'https://127.0.0.1:9' }, 4],
    ['a token that is none', { APOCTL_TOKEN: 'nonsense' }, 3],
  ])('does not start with %s', async (_what, env, exitCode) => {
    const trust = { APOCTL_API_CACERT: join(scene.console.dataDir, 'ca.pem') }
    expect(await api('listen', { env: { ...trust, ...env } })).toMatchObject({ exitCode, stdout: '' })
  })

  it('knows a kind that is none before it connects', async () => {
    const run = await api('listen --identity nsx', { env: { APOCTL_API: 'https://127.0.0.1:9' } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('"nsx" is no kind of object')
  })
})
