import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { findJumpHost } from '../../../../src/lib/fleet/find-jump-host.ts'
import type { RemoteHost } from '../../../../src/lib/fleet/fleet-host.ts'
import type { HostInstallOptions } from '../../../../src/lib/install/linux/host-install.ts'
import { installOnHost } from '../../../../src/lib/install/linux/install-host.ts'
import { withRelays, type FindRelay } from '../../../../src/lib/install/relay/with-relays.ts'
import { openSsh } from '../../../../src/lib/transports/ssh/open-ssh.ts'
import type { SshContext } from '../../../../src/lib/transports/ssh/ssh-context.ts'
import { connectTo, sshContext } from '../../../helpers/connect-to.ts'
import { builtProgram } from '../../../helpers/run-apoctl.ts'
import { freePort, startSshd, type TestSshd } from '../../../helpers/sshd.ts'
import {
  contextOn,
  counted,
  makeBundle,
  onHost,
  optionsFor,
  startInstallHost,
  type MadeBundle,
} from '../install-scene.ts'

/** A Node that runs, and is large enough to count. */
const runtime = Buffer.concat([
  Buffer.from(`#!/bin/sh\nexec ${process.execPath} "$@"\n#`),
  Buffer.from(randomBytes(1_500_000).toString('hex')),
])
const programFile = join(dirname(builtProgram()), '../dist/relay-program.cjs')
const delivery: HostInstallOptions['delivery'] = { type: 'relay', port: 0, programFile }
const left = (sshd: TestSshd): Promise<string> => onHost(sshd, 'ls -A ~ /tmp | grep apoctl-relay || :')

let bundle: MadeBundle
let bastion: TestSshd
let hosts: TestSshd[]
let context: SshContext
beforeAll(async () => {
  bundle = await makeBundle({ runtime })
  bastion = await startSshd({ users: [{ name: 'root' }, { name: 'guest', shell: '/usr/sbin/nologin' }] })
  hosts = await Promise.all([startInstallHost(), startInstallHost()])
  context = sshContext([bastion, ...hosts])
})
afterAll(async () => {
  rmSync(bundle.home, { recursive: true })
  await Promise.all([bastion, ...hosts].map((sshd) => sshd.stop()))
})
beforeEach(async () => {
  for (const host of hosts)
    await onHost(host, 'rm -rf /opt/* /var/lib/* /etc/systemd/system/prisma-enforcer.service')
  configure()
})

/** Hosts `web0`, `web1` lie behind the bastion. */
function configure(change: { readonly user?: string; readonly jump?: string } = {}): void {
  const { user = 'root', jump = 'ProxyJump bastion' } = change
  const entry = (name: string, { port, clientKey }: TestSshd, more: string): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${clientKey}\n  ${more}\n`
  const lines = hosts.map((host, at) => entry(`web${at}`, host, `User root\n  ${jump}`))
  writeFileSync(
    join(context.home, '.ssh', 'config'),
    [entry('bastion', bastion, `User ${user}`), ...lines].join(''),
  )
  context = { ...sshContext([bastion, ...hosts]), home: context.home, configFile: context.configFile }
}

const web = (at: number): RemoteHost => ({ type: 'ssh', name: `web${at}`, address: `web${at}`, tags: [] })

/** Lends relays, and counts what goes to the jump host and to hosts. */
async function relaying<Result>(
  action: (relays: { find: FindRelay; bytes: { bastion: number; hosts: number } }) => Promise<Result>,
  how: { readonly signal?: AbortSignal; readonly port?: number } = {},
): Promise<Result> {
  const { signal = AbortSignal.timeout(60_000), port = 0 } = how
  const traffic = { commands: 0, bytes: 0 }
  const bytes = {
    get bastion() {
      return traffic.bytes
    },
    hosts: 0,
  }
  const find: Parameters<typeof withRelays>[1]['context']['findJumpHost'] = async (request) => {
    const jump = await findJumpHost(request, { ssh: context })
    return jump && { ...jump, open: async (until) => counted(await jump.open(until), traffic) }
  }
  return withRelays(
    { programFile, port, bundleFor: () => Promise.resolve(bundle) },
    {
      context: { findJumpHost: find, reporter: { report: () => undefined }, signal },
      action: (findRelay) => action({ find: findRelay, bytes }),
    },
  )
}

async function install(at: number, find: FindRelay): Promise<{ bytes: number; titles: string }> {
  const traffic = { commands: 0, bytes: 0 }
  const transport = await openSsh({ host: `web${at}` }, context)
  try {
    const relay = (signal: AbortSignal) => find(web(at), signal)
    const done = await installOnHost(
      optionsFor(bundle, { delivery }),
      contextOn(counted(transport, traffic), { relay }),
    )
    return { bytes: traffic.bytes, titles: done.steps.map(({ title }) => title).join('\n') }
  } finally {
    await transport.close()
  }
}
const failure = (promise: Promise<unknown>): Promise<ApoctlError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof ApoctlError ? error : Promise.reject(error as Error)),
  )

describe('a relay on a jump host', () => {
  it('gets the layers once, and gives them to every host behind it', async () => {
    const size = bundle.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    await relaying(async ({ find, bytes }) => {
      const runs = await Promise.all([install(0, find), install(1, find)])
      for (const run of runs) {
        expect(run.bytes).toBeLessThan(60_000)
        expect(run.titles).toMatch(
          /have the host download the runtime layer .* from the relay on root@bastion:/,
        )
      }
      expect(bytes.bastion).toBeGreaterThan(size)
      expect(bytes.bastion).toBeLessThan(size * 1.2)
      expect(await left(bastion)).toContain('apoctl-relay')
    })
    const sha256 = bundle.layers[0]!.files[0]!.sha256
    for (const host of hosts)
      expect(await onHost(host, 'sha256sum /opt/prisma-enforcer/1.0.0/runtime/node')).toContain(sha256)
    expect(await left(bastion)).toBe('')
  })

  it('is not started for hosts that lack nothing', async () => {
    await relaying(({ find }) => install(0, find))
    await relaying(async ({ find, bytes }) => {
      await install(0, find)
      expect(bytes.bastion).toBe(0)
    })
  })

  it('leaves nothing when we are told to stop', async () => {
    const stop = new AbortController()
    await relaying(
      async ({ find }) => {
        const relay = await find(web(0), stop.signal)
        await relay?.serve(bundle, AbortSignal.timeout(20_000))
        stop.abort()
      },
      { signal: stop.signal },
    )
    await expect.poll(() => left(bastion)).toBe('')
  })

  it('says nothing to those who do not know the token', async () => {
    await relaying(async ({ find }) => {
      const relay = await find(web(0), AbortSignal.timeout(20_000))
      const url = await relay!.serve(bundle, AbortSignal.timeout(20_000))
      const [runtimeLayer] = bundle.layers
      const file = `/linux-x64/${runtimeLayer!.file}`
      const status = async (address: string, method = 'GET') => (await fetch(address, { method })).status
      expect(await status(`${url}${file}`)).toBe(200)
      expect(await status(url.replace(/[0-9a-f]{32}$/, '0'.repeat(32)) + file)).toBe(404)
      expect(await status(`${new URL(url).origin}${file}`)).toBe(404)
      expect(await status(`${url}/linux-x64/..%2f..%2frelay.cjs`)).toBe(404)
      expect(await status(`${url}/linux-x64/nothing.tar.gz`)).toBe(404)
      expect(await status(`${url}${file}`, 'POST')).toBe(404)
    })
  })

  it('listens where it is told to, and says so when it cannot', async () => {
    const port = await freePort()
    await relaying(
      async ({ find }) => {
        const relay = await find(web(0), AbortSignal.timeout(20_000))
        expect(await relay!.serve(bundle, AbortSignal.timeout(20_000))).toContain(`http://127.0.0.1:${port}/`)
        const taken = relaying(async (second) => install(0, second.find), { port })
        const error = await failure(taken)
        expect(error.code).toBe('APO-RELAY-START')
        expect(error.message).toContain('EADDRINUSE')
      },
      { port },
    )
  })

  it('is not there for hosts that are reached from here', async () => {
    configure({ jump: 'ProxyJump none' })
    await relaying(async ({ find, bytes }) => {
      expect((await install(0, find)).titles).toMatch(/copy the runtime layer/)
      expect(bytes.bastion).toBe(0)
    })
  })

  it('is an error of its own where the account runs no programs', async () => {
    configure({ user: 'guest' })
    const error = await failure(relaying(({ find }) => install(0, find)))
    expect(error.code).toBe('APO-RELAY-START')
    expect(error.message).toMatch(/guest@bastion:\d+: This account is currently not available/)
  })

  it('is an error of its own where hosts cannot reach it', async () => {
    const error = await failure(
      relaying(async ({ find }) => {
        const elsewhere: FindRelay = async (host, signal) => {
          const relay = await find(host, signal)
          const nowhere = await freePort()
          return relay && { ...relay, serve: () => Promise.resolve(`http://127.0.0.1:${nowhere}/0`) }
        }
        return install(0, elsewhere)
      }),
    )
    expect(error.code).toBe('APO-DELIVERY-RELAY')
  })

  it('is started again when it was lost', async () => {
    await relaying(async ({ find }) => {
      await install(0, find)
      await onHost(bastion, 'for p in $(pgrep -f relay.cjs); do kill -9 "$p"; done')
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect((await install(1, find)).titles).toContain('relay on root@bastion')
    })
    expect(await left(bastion)).toBe('')
  })

  it('goes when whoever started it is gone', async () => {
    const transport = await connectTo(bastion)
    const jump = {
      subject: 'root@bastion:22',
      key: 'k',
      towards: '127.0.0.1',
      open: () => Promise.resolve(transport),
    }
    const signal = AbortSignal.timeout(20_000)
    await withRelays(
      { programFile, port: 0, bundleFor: () => Promise.resolve(bundle) },
      {
        context: { findJumpHost: () => Promise.resolve(jump), reporter: { report: () => undefined }, signal },
        action: async (find) => {
          await (await find(web(0), signal))!.serve(bundle, signal)
          await transport.close()
          await expect.poll(() => left(bastion)).toBe('')
        },
      },
    )
  })
})
