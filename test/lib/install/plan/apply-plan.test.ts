import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import * as scripts from '../../../../src/lib/install/linux/scripts.ts'
import { applyPlan, type ApplyContext } from '../../../../src/lib/install/plan/apply-plan.ts'
import { openGate, type Gate } from '../../../../src/lib/install/plan/gate.ts'
import type { Step } from '../../../../src/lib/install/plan/step.ts'
import type { ProgressEvent } from '../../../../src/lib/progress/progress-event.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'

let folder: string
let events: ProgressEvent[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apply-'))
  events = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const snapshot = (): string =>
  execFileSync(
    'sh',
    ['-c', 'find . -printf "%p %m %l\\n" | sort; find . -type f -exec sha256sum {} + | sort'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )

function context(change: Partial<ApplyContext> = {}): ApplyContext {
  const gate = (): Gate => openGate(openLocal({ environment: process.env }), { guarded: (change) => change })
  return {
    subject: 'here',
    gate: gate(),
    reopen: () => Promise.resolve(gate()),
    reporter: { report: (event) => void events.push(event) },
    signal: new AbortController().signal,
    ...change,
  }
}

const at = (name: string): string => join(folder, name)

function steps(): Step[] {
  return [
    {
      id: 'folder',
      title: 'make a folder',
      change: { script: scripts.makeFolder, args: [at('new'), '0700'] },
      undo: { script: scripts.removeTree, args: [at('new')] },
    },
    {
      id: 'file',
      title: 'replace a file',
      change: { script: scripts.writeFile, args: [at('file'), '0600'], stdin: () => 'after' },
      undo: { script: scripts.writeFile, args: [at('file'), '640'], stdin: () => 'before' },
    },
    {
      id: 'link',
      title: 'switch a link',
      change: { script: scripts.switchLink, args: [at('current'), '2.0.0'] },
      undo: { script: scripts.switchLink, args: [at('current'), '1.0.0'] },
    },
  ]
}

const broken: Step = {
  id: 'broken',
  title: 'fail half way',
  change: { script: "echo half > $1; echo 'no luck' >&2; exit 3", args: [] },
  undo: { script: 'rm -f "$1"', args: [] },
}

async function aHost(): Promise<void> {
  await writeFile(at('file'), 'before')
  execFileSync('sh', ['-c', 'chmod 640 file; ln -s 1.0.0 current'], { cwd: folder })
}

describe('applying a plan', () => {
  it('does the steps in order, then verifies', async () => {
    await aHost()
    let verified = ''
    await applyPlan(
      { steps: steps(), verify: () => Promise.resolve(void (verified = snapshot())) },
      context(),
    )
    expect(verified).toContain('./current 777 2.0.0')
    expect(verified).toContain('./file 600')
    expect(events.filter((event) => event.type === 'finished')).toHaveLength(3)
  })

  it('brings the host back byte for byte when a step fails half way', async () => {
    await aHost()
    const before = snapshot()
    const half = {
      ...broken,
      change: { ...broken.change, args: [at('half')] },
      undo: { ...broken.undo, args: [at('half')] },
    }
    const failure = applyPlan({ steps: [...steps(), half], verify: () => Promise.resolve() }, context())
    await expect(failure).rejects.toMatchObject({ code: 'APO-HOST-COMMAND' })
    await expect(failure).rejects.toThrow(/no luck/)
    expect(snapshot()).toBe(before)
  })

  it('brings the host back when the verification fails, and says so', async () => {
    await aHost()
    const before = snapshot()
    const verify = () => Promise.reject(new ApoctlError(['APO-INSTALL-NOT-CONNECTED', 'not seen']))
    const error: unknown = await applyPlan({ steps: steps(), verify }, context()).catch(
      (thrown: unknown) => thrown,
    )
    expect((error as ApoctlError).hints.at(-1)).toBe('here is as it was before.')
    expect(snapshot()).toBe(before)
  })

  it('brings the host back when the person interrupts, although the signal is aborted then', async () => {
    await aHost()
    const before = snapshot()
    const controller = new AbortController()
    const verify = () => {
      controller.abort()
      return Promise.reject(controller.signal.reason as Error)
    }
    await expect(
      applyPlan({ steps: steps(), verify }, context({ signal: controller.signal })),
    ).rejects.toThrow()
    expect(snapshot()).toBe(before)
  })

  it('goes on over a new connection when the first one is gone', async () => {
    await aHost()
    const before = snapshot()
    const real = context()
    let passed = 0
    const dying: Gate = {
      pass: (change, signal) => {
        passed += 1
        if (passed > 2) throw new ApoctlError(['APO-SSH-LOST', 'the connection broke'])
        return real.gate.pass(change, signal)
      },
    }
    const failure = applyPlan({ steps: steps(), verify: () => Promise.resolve() }, context({ gate: dying }))
    await expect(failure).rejects.toMatchObject({ code: 'APO-SSH-LOST' })
    expect(snapshot()).toBe(before)
  })

  it('says what could not be undone instead of claiming success', async () => {
    await aHost()
    const stuck: Step = { ...broken, change: { script: 'exit 1' }, undo: { script: 'exit 9' } }
    const error: unknown = await applyPlan(
      { steps: [stuck], verify: () => Promise.resolve() },
      context(),
    ).catch((thrown: unknown) => thrown)
    expect((error as ApoctlError).hints.at(-1)).toMatch(/half changed/)
  })
})

describe('the gate', () => {
  it('tells a full file system from another failure', async () => {
    const gate = openGate(openLocal({ environment: process.env }), { guarded: (change) => change })
    const change = { script: 'exit 1', writes: { path: at('deep/er'), sizeBytes: Number.MAX_SAFE_INTEGER } }
    await expect(gate.pass(change, new AbortController().signal)).rejects.toMatchObject({
      code: 'APO-HOST-DISK',
    })
  })

  it('waits for a slow line, and no longer than that for what brings nothing', async () => {
    const waited: (number | undefined)[] = []
    const transport: Transport = {
      target: 'web1',
      run: (_, options) => {
        waited.push(options?.timeoutMs)
        return Promise.resolve({
          exitCode: 0,
          signal: null,
          stdout: Buffer.alloc(0),
          stderr: Buffer.alloc(0),
        })
      },
      close: () => Promise.resolve(),
    }
    const gate = openGate(transport, { guarded: (change) => change })
    const { signal } = new AbortController()
    await gate.pass({ script: ':' }, signal)
    await gate.pass({ script: ':', stdin: () => 'layer', bringsBytes: 45_000_000 }, signal)
    const [still = 0, moving = 0] = waited
    expect(still).toBe(5 * 60_000)
    expect((moving - still) / 1000).toBeCloseTo(45_000_000 / 16_384, 3)
  })
})
