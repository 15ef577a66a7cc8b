import { describe, expect, it } from 'vitest'
import { checksFor } from '../../../../src/lib/preflight/checks/all-checks.ts'
import type { HostFacts } from '../../../../src/lib/preflight/facts/host-facts.ts'
import { oneQuestionAtATime } from '../../../../src/lib/preflight/fix/fix-asker.ts'
import { fixHost } from '../../../../src/lib/preflight/fix/fix-host.ts'
import { judgeHost } from '../../../../src/lib/preflight/judge-host.ts'
import { guide202111 } from '../../../../src/lib/preflight/requirements/guide.ts'
import { everyCheck } from '../../../../src/lib/preflight/select-checks.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { factsOf } from '../collected.ts'

const checks = checksFor(guide202111, { console: false, packageHost: false, givenAuthority: false }).filter(
  ({ id }) =>
    ['linux.package.ipset', 'linux.kernel.legacy-tables', 'linux.kernel.module.xt_set'].includes(id),
)
const options = { checks, selection: everyCheck, strict: false, commandTimeoutMs: 1000 }
const rhel8 = {
  'os.release': ['ID="rhel"', 'VERSION_ID="8.3"'],
  'package.manager': ['rpm'],
  'package.installer': ['dnf'],
}

/** A host that takes down what it is told, and answers with these exit codes in turn. */
function host(exitCodes: readonly number[] = [0, 0]) {
  const ran: string[] = []
  const transport: Transport = {
    target: 'web1',
    run: (request) => {
      const exitCode = exitCodes[ran.length]
      if (exitCode === undefined) return Promise.reject(new Error('one command too many'))
      ran.push(request.stdin as string)
      return Promise.resolve({ exitCode, signal: null, stdout: Buffer.from('ok\n'), stderr: Buffer.alloc(0) })
    },
    close: () => Promise.resolve(),
  }
  return { ran, transport }
}

function fix(world: {
  readonly yes: boolean
  readonly after: HostFacts
  readonly exitCodes?: readonly number[]
}) {
  const questions: string[] = []
  const { ran, transport } = host(world.exitCodes)
  const ask = {
    confirm: (question: { readonly text: string; readonly flag: string }) => {
      questions.push(question.text)
      expect(question.flag).toBe('--yes')
      return Promise.resolve(world.yes)
    },
  }
  const before = factsOf('tree-debian-bookworm', { ...rhel8, 'kernel.loaded': ['nf_tables'] })
  const preflight = judgeHost(before, options)
  const context = {
    transport,
    ask,
    signal: new AbortController().signal,
    collectAgain: () => Promise.resolve(world.after),
  }
  return { questions, ran, done: fixHost({ preflight, options }, context) }
}

const mended = factsOf('tree-debian-bookworm', {
  ...rhel8,
  'kernel.loaded': ['nf_tables ip_tables iptable_nat'],
  'package.installed': ['ipset 7.1-1.el8'],
})

describe('fixHost', () => {
  it('shows the command, asks, runs it, and judges those checks alone again', async () => {
    const { questions, ran, done } = fix({ yes: true, after: mended })
    const { preflight, fixes } = await done
    expect(questions).toEqual([
      expect.stringMatching(
        /^web1: to mend linux\.kernel\.legacy-tables, run as root: modprobe ip_tables && modprobe iptable_nat && /,
      ),
      'web1: to mend linux.package.ipset, run as root: dnf install -y ipset',
    ])
    expect(ran).toHaveLength(2)
    expect(ran[0]).toContain('/etc/modules-load.d/apoctl.conf')
    expect(fixes.map(({ outcome }) => outcome)).toEqual(['mended', 'mended'])
    expect(preflight.verdict).toBe('pass')
    expect(preflight.checks.every(({ outcome }) => outcome === 'pass')).toBe(true)
  })

  it('runs nothing that was declined', async () => {
    const { ran, done } = fix({ yes: false, after: mended })
    const { preflight, fixes } = await done
    expect(ran).toEqual([])
    expect(fixes.map(({ outcome }) => outcome)).toEqual(['declined', 'declined'])
    expect(preflight.verdict).toBe('fail')
  })

  it('says when a command ran and did not help, and when it failed', async () => {
    const unchanged = factsOf('tree-debian-bookworm', { ...rhel8, 'kernel.loaded': ['nf_tables'] })
    const { done } = fix({ yes: true, after: unchanged, exitCodes: [0, 1] })
    expect((await done).fixes.map(({ outcome }) => outcome)).toEqual(['ran, still fails', 'failed'])
  })

  it('never runs what needs a decision or a reboot', async () => {
    const debian = factsOf('tree-debian-bookworm', {
      'os.release': ['ID=debian'],
      'package.installer': ['apt-get'],
      'package.installed': ['ipset 7'],
    })
    const loadable = debian.kernel.loadable!.filter((name) => name !== 'xt_set')
    const preflight = judgeHost({ ...debian, kernel: { ...debian.kernel, loadable } }, options)
    const { ran, transport } = host()
    const never = () => Promise.reject(new Error('must not be asked'))
    const context = {
      transport,
      ask: { confirm: never },
      signal: new AbortController().signal,
      collectAgain: never,
    }
    const { fixes } = await fixHost({ preflight, options }, context)
    expect(fixes).toMatchObject([{ outcome: 'by hand', checkId: 'linux.kernel.module.xt_set' }])
    expect(ran).toEqual([])
  })
})

describe('oneQuestionAtATime', () => {
  it('waits for an answer before the next question, and survives one that cannot be asked', async () => {
    let open = 0
    const asker = oneQuestionAtATime({
      async confirm({ text }) {
        open += 1
        expect(open).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        open -= 1
        if (text === 'b') throw new Error('no terminal')
        return true
      },
    })
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((text) => asker.confirm({ text, flag: '' })))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })
})
