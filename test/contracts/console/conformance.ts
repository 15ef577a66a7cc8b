/**
 * Holds a Console to the wire contract, one case after the other.
 *
 *   npm run conformance -- --api URL --creds FILE [--namespace /x] [--section 1.3]
 *
 * FILE is an app credential with the role namespace.administrator. Everything happens in a namespace that
 * is made for the run below the given one (that of the credential unless given) and removed afterwards;
 * nothing else is touched. Ends with 0 when every case that can be seen there passes, with 1 otherwise.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parseAppCredentialFile, type AppCredentialFile } from '../../../src/contract/app-credential-file.ts'
import type { ConformanceCase, ConformanceGroup } from './run/case.ts'
import { loadGroups } from './run/load-groups.ts'
import { openGroup, runCase } from './run/run-case.ts'
import type { Target } from './run/scene.ts'
import { openWire, type Wire, type WireAnswer } from './run/wire.ts'

interface Tally {
  passed: number
  failed: number
  readonly unseen: string[]
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      api: { type: 'string' },
      creds: { type: 'string' },
      namespace: { type: 'string' },
      section: { type: 'string' },
    },
  })
  if (values.creds === undefined) throw new Error('--creds FILE is needed: an app credential')
  const credential = parseAppCredentialFile(await readFile(values.creds, 'utf8'))
  if (!credential.ok) throw new Error(`${values.creds}: ${credential.problem}`)
  const url = (values.api ?? credential.value.apiUrl).replace(/\/+$/, '')
  const wire = openWire(url, credential.value.certificateAuthority)
  try {
    const parent = values.namespace ?? credential.value.namespace
    return await withScratch({ url, wire, credential: credential.value, parent }, (target) =>
      runAll(target, values.section),
    )
  } finally {
    wire.close()
  }
}

interface Place {
  readonly url: string
  readonly wire: Wire
  readonly credential: AppCredentialFile
  readonly parent: string
}

/** Makes the namespace of the run, and takes it away again. */
async function withScratch(place: Place, run: (target: Target) => Promise<number>): Promise<number> {
  const { url, wire, credential } = place
  const certificate = { cert: credential.certificate, key: credential.certificateKey }
  const issued = await call(place, {
    method: 'POST',
    path: '/issue',
    body: { realm: 'Certificate' },
    certificate,
  })
  const { token } = issued.body as { token: string }
  const name = `conformance-${randomBytes(4).toString('hex')}`
  const made = await call(place, { method: 'POST', path: '/namespaces', token, body: { name } })
  const { ID, name: scratch } = made.body as { ID: string; name: string }
  const caPem = credential.certificateAuthority
  const away = (): Promise<unknown> => call(place, { method: 'DELETE', path: `/namespaces/${ID}`, token })
  say(`${url}, in ${scratch}`)
  try {
    return await run({ url, caPem, wire, token, certificate, scratch })
  } finally {
    await away()
  }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly body?: object
  readonly certificate?: { readonly cert: string; readonly key: string }
}

async function call({ wire, parent }: Place, asked: Asked): Promise<WireAnswer> {
  const { method, path, token, certificate } = asked
  const body = asked.body === undefined ? undefined : JSON.stringify(asked.body)
  const headers = {
    'x-namespace': parent,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const answer = await wire.send({ method, path, headers, body, certificate })
  if (answer.status < 300) return answer
  throw new Error(`${method} ${path} answered ${answer.status}: ${answer.bytes.toString('utf8')}`)
}

async function runAll(target: Target, section: string | undefined): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0, unseen: [] }
  const isWanted = ({ cites }: ConformanceCase): boolean => section === undefined || cites === `§${section}`
  // The case that runs ends, nothing begins, and the namespace is taken away.
  const stopped = new AbortController()
  process.once('SIGINT', () => stopped.abort())
  for (const group of await loadGroups()) {
    if (stopped.signal.aborted) return 130
    const cases = group.cases.filter(isWanted)
    if (cases.length > 0) await runGroup({ ...group, cases }, { target, tally })
  }
  say(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.unseen.length} cannot be seen here`)
  for (const reason of tally.unseen) say(`  ${reason}`)
  return tally.failed === 0 ? 0 : 1
}

async function runGroup(
  group: ConformanceGroup,
  { target, tally }: { readonly target: Target; readonly tally: Tally },
): Promise<void> {
  say(`\n${group.title}`)
  const scene = await openGroup(group, target).catch((error: unknown) => String(error))
  for (const example of group.cases) {
    const title = `${example.cites} ${example.title}`
    if (example.embeddedOnly !== undefined) {
      tally.unseen.push(`${title}: ${example.embeddedOnly}`)
      continue
    }
    const problems = typeof scene === 'string' ? [scene] : await runCase(example, scene).catch(problemOf)
    if (problems.length === 0) tally.passed++
    else tally.failed++
    say(`  ${problems.length === 0 ? 'ok  ' : 'FAIL'} ${title}`)
    for (const problem of problems) say(`       ${problem}`)
  }
}

function problemOf(error: unknown): readonly string[] {
  return [error instanceof Error ? error.message : String(error)]
}

try {
  process.exitCode = await main()
} catch (error) {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  process.stderr.write(`${problemOf(error).join()}${cause}\n`)
  process.exitCode = 2
}
