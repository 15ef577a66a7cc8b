import 'reflect-metadata'
import { encode } from '@msgpack/msgpack'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { webcrypto } from 'node:crypto'
import type {
  ConformanceCase,
  ConformanceGroup,
  ExpectedAnswer,
  ListenStep,
  RequestStep,
  Step,
  WireRequest,
} from './case.ts'
import { openEventSocket, type EventSocket } from './event-socket.ts'
import { mismatches, anyText, type Expected } from './match.ts'
import { fillIn, type Scene, type Target } from './scene.ts'
import type { OutgoingRequest, WireAnswer } from './wire.ts'

let groups = 0

/** Makes the namespace of a group and what its cases stand on; throws when that does not work. */
export async function openGroup(group: ConformanceGroup, target: Target): Promise<Scene> {
  const name = `g${++groups}`
  const scene: Scene = {
    target,
    namespace: `${target.scratch === '/' ? '' : target.scratch}/${name}`,
    kept: new Map(),
    sockets: new Map(),
  }
  const make = { method: 'POST', path: '/namespaces', namespace: target.scratch, body: { name } }
  const problems = await runSteps([{ request: make, expect: { status: 200 } }, ...(group.given ?? [])], scene)
  if (problems.length > 0) throw new Error(`${group.title}: ${problems.join('; ')}`)
  return scene
}

/** Runs a case in the place of its group; gives what is wrong, or nothing. */
export async function runCase(example: ConformanceCase, of: Scene): Promise<readonly string[]> {
  const scene: Scene = { ...of, kept: new Map(of.kept), sockets: new Map() }
  try {
    return await runSteps(example.steps, scene)
  } finally {
    for (const socket of scene.sockets.values()) socket.end()
  }
}

async function runSteps(steps: readonly Step[], scene: Scene): Promise<readonly string[]> {
  for (const [index, step] of steps.entries()) {
    const problems = await runStep(step, scene)
    // What follows a step that went wrong says nothing.
    if (problems.length > 0) {
      return steps.length === 1 ? problems : problems.map((text) => `step ${index + 1}: ${text}`)
    }
  }
  return []
}

async function runStep(step: Step, scene: Scene): Promise<readonly string[]> {
  if ('request' in step) return runRequest(step, scene)
  if ('listen' in step) return runListen(step, scene)
  if ('csr' in step) {
    scene.kept.set(step.csr, { body: await makeCsr(), headers: {} })
    return []
  }
  if ('passMs' in step) {
    scene.target.pass?.(step.passMs)
    return []
  }
  const socket = socketOf(step.on, scene)
  if ('send' in step) {
    const message = fillIn(step.send, scene)
    socket.send(step.packed === true ? encode(message) : message)
    return []
  }
  if ('hears' in step) return mismatches(fillIn(step.hears, scene), await socket.heard(), 'events')
  return mismatches(step.closes, await socket.closed, 'close code')
}

async function runRequest(step: RequestStep, scene: Scene): Promise<readonly string[]> {
  const request = fillIn(step.request, scene)
  const answer = await scene.target.wire.send(outgoingOf(request, scene))
  if (step.keep !== undefined) scene.kept.set(step.keep, answer)
  const problems = [...answerProblems(answer, fillIn(step.expect, scene)), ...alwaysProblems(answer, request)]
  const asked = `${request.method ?? 'GET'} ${request.path}`
  return problems.map((text) => `${asked}: ${text}`)
}

function outgoingOf(request: WireRequest, scene: Scene): OutgoingRequest {
  const { method = 'GET', path, namespace = scene.namespace, token = scene.target.token } = request
  const content = contentOf(request)
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(namespace === null ? {} : { 'x-namespace': namespace }),
    ...(content === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(content)) }),
    ...(request.packed === true ? packedHeaders : {}),
    ...request.headers,
  }
  return { method, path, headers, body: content, certificate: certificateOf(request, scene) }
}

const packedHeaders = { 'content-type': 'application/msgpack', accept: 'application/msgpack' }

function contentOf({ body, packed }: WireRequest): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body
  return packed === true ? Buffer.from(encode(body)) : JSON.stringify(body)
}

/** The certificate of the run, or that of a kept app credential: `made`, or `made+keys` with a local key. */
function certificateOf({ certificate }: WireRequest, scene: Scene): OutgoingRequest['certificate'] {
  if (certificate === undefined) return undefined
  if (certificate === 'own') return scene.target.certificate
  const [name = '', keys] = certificate.split('+')
  const { credentials } = scene.kept.get(name)?.body as { credentials: Record<string, string> }
  const text = (field: string): string => Buffer.from(credentials[field] ?? '', 'base64').toString('utf8')
  const local = keys === undefined ? undefined : (scene.kept.get(keys)?.body as { key: string })
  return { cert: text('certificate'), key: local?.key ?? text('certificateKey') }
}

function answerProblems(answer: WireAnswer, expected: ExpectedAnswer): readonly string[] {
  const { status, headers = {}, body, error, claims } = expected
  const statuses = typeof status === 'number' ? [status] : status
  if (!statuses.includes(answer.status)) {
    return [`status ${answer.status} instead of ${statuses.join(' or ')}: ${answer.bytes.toString('utf8')}`]
  }
  const first: unknown = Array.isArray(answer.body) ? (answer.body as unknown[])[0] : undefined
  return [
    ...mismatches(headers, answer.headers, 'headers'),
    ...(body === undefined ? [] : mismatches(body, answer.body, 'body')),
    ...(error === undefined ? [] : mismatches(error, first, 'error')),
    ...(claims === undefined ? [] : mismatches(claims, claimsOf(answer.body), 'claims')),
  ]
}

function claimsOf(body: unknown): unknown {
  const { token } = body as { token: string }
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

const wireError: Expected = { title: anyText, description: anyText, subject: anyText }

/** What holds of every answer: §1.4 (the count is always there) and §1.6 (errors are an array). */
function alwaysProblems(answer: WireAnswer, { path, method }: WireRequest): readonly string[] {
  if (path.startsWith('/_meta/') || (answer.status >= 300 && answer.status < 400)) return []
  const problems = mismatches({ 'x-count-total': /^\d+$/ }, answer.headers, '§1.4: headers')
  if (answer.status < 400 || method === 'HEAD') return problems
  if (!Array.isArray(answer.body) || answer.body.length === 0) {
    return [...problems, `§1.6: no array of errors: ${answer.bytes.toString('utf8')}`]
  }
  const errors = answer.body as unknown[]
  return [
    ...problems,
    ...mismatches({ code: answer.status }, errors[0], '§1.6: error'),
    ...errors.flatMap((error) => mismatches(wireError, error, '§1.6: error')),
  ]
}

async function runListen(step: ListenStep, scene: Scene): Promise<readonly string[]> {
  const query = fillIn({ namespace: '{ns}', token: '{token}', ...step.query }, scene)
  const { url, caPem } = scene.target
  const address = `${url.replace(/^https/, 'wss')}/events?${new URLSearchParams(query).toString()}`
  const opened = await openEventSocket(address, { caPem, headers: step.headers ?? {} })
  if ('refused' in opened) {
    if (step.refusal === undefined) return [`refused: ${JSON.stringify(opened.refused)}`]
    return answerProblems({ ...opened.refused, bytes: Buffer.alloc(0) }, step.refusal)
  }
  scene.sockets.set(step.listen, opened)
  return step.refusal === undefined ? [] : ['the socket was opened']
}

function socketOf(name: string, scene: Scene): EventSocket {
  const socket = scene.sockets.get(name)
  if (socket === undefined) throw new Error(`no socket '${name}' was opened`)
  return socket
}

/** As the official client does: an EC key, and a request with an empty subject. */
async function makeCsr(): Promise<{ readonly csr: string; readonly key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  return { csr: request.toString('pem'), key: pemOf(pkcs8) }
}

function pemOf(base64: string): string {
  const lines = base64.replace(/(.{64})/g, '$1\n')
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`
}
