import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseAppCredentialFile, type AppCredentialFile } from '../../src/contract/app-credential-file.ts'
import { callConsole, issueTestToken } from '../helpers/console.ts'

interface Child {
  readonly url: string
  readonly caPem: string
  readonly process: ChildProcess
}

let dataDir: string
const children: ChildProcess[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'apoctl-kill-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

async function startChild(): Promise<Child> {
  const entry = new URL('console-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', entry, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { ...(JSON.parse(line.toString('utf8')) as { url: string; caPem: string }), process: child }
}

async function kill(child: Child): Promise<void> {
  child.process.kill('SIGKILL')
  await once(child.process, 'exit')
}

async function adminCredential(): Promise<AppCredentialFile> {
  const file = parseAppCredentialFile(await readFile(join(dataDir, 'administrator.creds'), 'utf8'))
  if (!file.ok) throw new Error(file.problem)
  return file.value
}

/** Writes in several lanes until the Console is gone; gives what it acknowledged. */
async function writeUntilKilled(
  child: Child,
  from: { readonly token: string; readonly round: number },
): Promise<Set<string>> {
  const acknowledged = new Set<string>()
  let killed = false
  const lane = async (number: number): Promise<void> => {
    for (let count = 0; !killed; count++) {
      const name = `r${from.round}-l${number}-${count}`
      const body = { name, FQDN: name }
      const answer = await callConsole(child, {
        method: 'POST',
        path: '/enforcers',
        token: from.token,
        namespace: '/',
        body,
      }).catch(() => undefined)
      if (answer?.status === 200) acknowledged.add(name)
    }
  }
  const lanes = [0, 1, 2, 3].map(lane)
  while (acknowledged.size < 20) await new Promise((resolve) => setTimeout(resolve, 5))
  // Some time in the middle of a write.
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 50))
  await kill(child)
  killed = true
  await Promise.all(lanes)
  return acknowledged
}

it('loses nothing that it acknowledged when it is killed, again and again', async () => {
  const acknowledged = new Set<string>()
  for (let round = 0; round < 4; round++) {
    const child = await startChild()
    const credential = { ...(await adminCredential()), apiUrl: child.url }
    const token = await issueTestToken(child, { credential })
    const list = await callConsole(child, { path: '/enforcers', token, namespace: '/' })
    const there = new Set((list.body as { name: string }[]).map(({ name }) => name))
    expect([...acknowledged].filter((name) => !there.has(name))).toEqual([])
    // What was not acknowledged may be there too: at most one write for each lane and kill.
    expect(there.size - acknowledged.size).toBeLessThanOrEqual(4 * round)
    for (const name of there) acknowledged.add(name)
    for (const name of await writeUntilKilled(child, { token, round })) acknowledged.add(name)
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(80)
}, 60_000)

it('comes up again when it is killed during its first start', async () => {
  for (const afterMs of [350, 500, 650, 800]) {
    const entry = new URL('console-child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--import', 'tsx', entry, dataDir], { stdio: 'ignore' })
    children.push(child)
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const child = await startChild()
  const token = await issueTestToken(child, { credential: await adminCredential() })
  const list = await callConsole(child, { path: '/appcredentials', token, namespace: '/' })
  expect(list.body).toHaveLength(1)
}, 30_000)

it('does not give uses of a token back when it is killed', async () => {
  const first = await startChild()
  const credential = await adminCredential()
  const token = await issueTestToken(first, { credential, more: { quota: 2 } })
  const use = async (child: Child): Promise<number> =>
    (await callConsole(child, { path: '/roles', token, namespace: '/' })).status
  expect(await use(first)).toBe(200)
  expect(await use(first)).toBe(200)
  await kill(first)
  expect(await use(await startChild())).toBe(417)
}, 30_000)

it('does an import once, whenever it is killed and however often it is sent again', async () => {
  const externalnetworks = Array.from({ length: 400 }, (_, at) => ({
    name: `n${at}`,
    entries: ['10.0.0.0/8'],
  }))
  const body = { data: { label: '', data: { externalnetworks } } }
  for (let round = 1; round <= 4; round++) {
    const child = await startChild()
    const token = await issueTestToken(child, { credential: await adminCredential() })
    const key = `round ${round}`
    const headers = { 'idempotency-key': key }
    const send = (to: Child) =>
      callConsole(to, { method: 'POST', path: '/import', token, namespace: '/', headers, body })
    const sent = send(child).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120))
    await kill(child)
    await sent
    const next = await startChild()
    const answers = [await send(next), await send(next)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const counted = await callConsole(next, {
      method: 'HEAD',
      path: '/externalnetworks',
      token,
      namespace: '/',
    })
    expect(counted.headers['x-count-total']).toBe(String(400 * round))
    await kill(next)
  }
}, 60_000)
