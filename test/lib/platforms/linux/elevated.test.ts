import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { becomeRoot, detectPrivilege } from '../../../../src/lib/platforms/linux/become-root.ts'
import { elevated } from '../../../../src/lib/platforms/linux/elevated.ts'
import { runScript } from '../../../../src/lib/platforms/linux/run-script.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import { needs, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

const password = new Secret('open-sesame-7391')

describe('becoming root on a host', () => {
  let host: TestSshd
  let strict: TestSshd

  beforeAll(async () => {
    needs('sudo', 'doas', 'fish', 'tcsh')
    const users = [
      { name: 'free', sudo: 'ALL=(ALL) NOPASSWD: ALL' },
      { name: 'fishy', shell: '/usr/bin/fish', sudo: 'ALL=(ALL) ALL', password: password.reveal() },
      { name: 'csher', shell: '/bin/tcsh', sudo: 'ALL=(ALL) ALL', password: password.reveal() },
      { name: 'asked', sudo: 'ALL=(ALL) ALL', password: password.reveal() },
      { name: 'denied', password: password.reveal() },
      { name: 'doer', doas: 'permit nopass doer' },
    ]
    const lecture = ['Defaults lecture=always']
    ;[host, strict] = await Promise.all([
      startSshd({ users, sudoers: lecture }),
      startSshd({ users, sudoers: [...lecture, 'Defaults requiretty'] }),
    ])
  })
  afterAll(async () => {
    await host.stop()
    await strict.stop()
  })

  const as = async <Result>(user: string, action: (transport: Transport) => Promise<Result>, on = host) => {
    const transport = await connectTo(on, { user })
    try {
      return await action(transport)
    } finally {
      await transport.close()
    }
  }
  const text = async (transport: Transport, script: string) => {
    const { stdout, stderr, exitCode } = await runScript(transport, { text: script })
    return { out: stdout.toString(), err: stderr.toString(), exitCode }
  }

  it('finds out what an account may become', async () => {
    for (const [user, found] of [
      ['root', 'root'],
      ['free', 'sudo'],
      ['asked', 'sudo-with-password'],
      ['denied', 'sudo-with-password'],
      ['doer', 'doas'],
    ] as const)
      expect(await as(user, (t) => detectPrivilege(t)), user).toBe(found)
  })

  it.each([
    ['free', { method: 'sudo' }],
    ['free', { method: 'sudo', password: new Secret('not needed, and wrong') }],
    ['asked', { method: 'sudo', password }],
    ['fishy', { method: 'sudo', password }],
    ['csher', { method: 'sudo', password }],
    ['doer', { method: 'doas' }],
  ] as const)('runs scripts as root for %s', async (user, privilege) => {
    const answer = await as(user, (t) =>
      text(elevated(t, privilege), 'id -u; echo "it is not" >&2; printf "%s\\n" "a b"; exit 7'),
    )
    expect(answer).toEqual({ out: '0\na b\n', err: 'it is not\n', exitCode: 7 })
  })

  it('hands a command its input untouched, asked for a password or not', async () => {
    const data = Buffer.from('first line\nsecond \0 line\n'.repeat(5000))
    for (const [user, privilege] of [
      ['free', { method: 'sudo', password }],
      ['asked', { method: 'sudo', password }],
    ] as const) {
      const result = await as(user, (t) => elevated(t, privilege).run({ command: 'exec cat', stdin: data }))
      expect(result.stdout.equals(data), user).toBe(true)
    }
  })

  it('works where sudo insists on a terminal', async () => {
    for (const [user, privilege] of [
      ['free', { method: 'sudo' }],
      ['asked', { method: 'sudo', password }],
    ] as const) {
      const answer = await as(user, (t) => text(elevated(t, privilege), 'id -u; echo no >&2; exit 4'), strict)
      expect(answer, user).toEqual({ out: '0\n', err: 'no\n', exitCode: 4 })
    }
  })

  it('gives up on a wrong password after one try, and says so', async () => {
    const started = performance.now()
    const attempt = as('asked', (t) =>
      text(elevated(t, { method: 'sudo', password: new Secret('wrong') }), 'id'),
    )
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-PRIVILEGE' })
    expect(performance.now() - started).toBeLessThan(4500)
  })

  it.each([
    ['denied', { method: 'sudo', password }],
    ['asked', { method: 'sudo' }],
    ['asked', { method: 'doas' }],
  ] as const)('is told when %s may not become root', async (user, privilege) => {
    const attempt = as(user, (t) => text(elevated(t, privilege), 'id'))
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-PRIVILEGE', exitCode: 3 })
  })

  it('takes what works when nothing is said, and stays who it is when nothing works', async () => {
    const rooted = (user: string, sudoPassword?: Secret) =>
      as(user, async (t) => (await becomeRoot(t, { method: 'auto', sudoPassword })).isRoot)
    expect(await rooted('free')).toBe(true)
    expect(await rooted('doer')).toBe(true)
    expect(await rooted('asked')).toBe(false)
    expect(await rooted('asked', password)).toBe(true)
  })

  it('shows the password to nobody who lists processes or their environment', async () => {
    const listing = await as('asked', (t) =>
      text(
        elevated(t, { method: 'sudo', password }),
        'ps axeww; for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; tr "\\0" " " < $p/environ; done 2>/dev/null',
      ),
    )
    expect(listing.out).toContain('sudo')
    expect(listing.out).not.toContain(password.reveal())
    // The same, seen from this machine while it runs.
    const running = as('asked', (t) => text(elevated(t, { method: 'sudo', password }), 'sleep 1'))
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(execFileSync('ps', ['axeww'], { encoding: 'utf8' })).not.toContain(password.reveal())
    await running
  })
})
