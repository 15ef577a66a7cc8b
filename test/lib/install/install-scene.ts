/** A host that an enforcer can be installed on for real, over SSH, but for systemd: that is played. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { create } from 'tar'
import type {
  EnforcerLayer,
  EnforcerLayerName,
  EnforcerManifest,
} from '../../../src/contract/enforcer-bundle.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import type { EnforcerBundle } from '../../../src/lib/install/bundle/open-enforcer-bundle.ts'
import type { EnforcerRegistry } from '../../../src/lib/install/linux/enforcer-registry.ts'
import type { HostInstallContext, HostInstallOptions } from '../../../src/lib/install/linux/host-install.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'
import type { CommandRequest, Transport } from '../../../src/lib/transports/transport.ts'
import { connectTo } from '../../helpers/connect-to.ts'
import { startSshd, type TestSshd } from '../../helpers/sshd.ts'

const systemctl = `#!/bin/sh
case $1 in
  restart) : > /opt/played-service ;;
  stop|disable) rm -f /opt/played-service ;;
  is-active) [ -e /opt/played-service ] && echo active || echo inactive ;;
  is-enabled) [ -e /opt/played-service ] && echo enabled || echo disabled ;;
esac
exit 0
`

/** An sshd whose /opt and /var/lib are empty and its own. */
export function startInstallHost(prepare: readonly string[] = []): Promise<TestSshd> {
  const stub = join(mkdtempSync(join(tmpdir(), 'apoctl-systemctl-')), 'systemctl')
  writeFileSync(stub, systemctl, { mode: 0o755 })
  return startSshd({
    prepare: [
      'mount -t tmpfs none /opt',
      'mount -t tmpfs none /var/lib',
      'mkdir -p /etc/systemd/system /etc/modules-load.d',
      `mount --bind ${stub} "$(command -v systemctl)"`,
      ...prepare,
    ],
  })
}

/** A bundle on disk, with layers of random bytes. */
export async function makeBundle(
  content: { version?: string; runtimeBytes?: number; appBytes?: number } = {},
): Promise<EnforcerBundle & { readonly folder: string }> {
  const { version = '1.0.0', runtimeBytes = 3_000_000, appBytes = 200_000 } = content
  const folder = mkdtempSync(join(tmpdir(), 'apoctl-bundle-'))
  const described = [
    await makeLayer(folder, { name: 'runtime', sizeBytes: runtimeBytes }),
    await makeLayer(folder, { name: 'app', sizeBytes: appBytes }),
  ]
  const layers = described.map((layer) => ({ ...layer, path: join(folder, layer.file) }))
  const manifest: EnforcerManifest = {
    format: 'prisma-enforcer-bundle/v1',
    version,
    platform: 'linux-x64',
    node: '22.0.0',
    layers: described,
    requirements: { glibc: '2.28', libstdcxx: '3.4.25', kernel: '4.18', systemd: '232', diskBytes: 1000 },
  }
  const manifestText = JSON.stringify(manifest)
  return { folder, manifest, manifestText, layers, unit: '[Unit]\n', modulesLoad: 'nf_tables\n' }
}

async function makeLayer(
  folder: string,
  what: { readonly name: EnforcerLayerName; readonly sizeBytes: number },
): Promise<EnforcerLayer> {
  const { name, sizeBytes } = what
  const content = randomBytes(sizeBytes)
  const inner = `${name}/file`
  mkdirSync(join(folder, name))
  writeFileSync(join(folder, inner), content, { mode: 0o755 })
  const file = `${name}.tar.gz`
  const path = join(folder, file)
  await create({ file: path, cwd: folder, gzip: true, portable: true }, [inner])
  rmSync(join(folder, name), { recursive: true })
  const files = [{ path: inner, mode: '0755', sha256: digest(content), sizeBytes }]
  return { name, file, sha256: digest(readFileSync(path)), sizeBytes: statSync(path).size, files }
}

export const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** What went over a transport. */
export interface Traffic {
  commands: number
  bytes: number
}

/** The tool is ended at this point, as by kill -9: nothing more comes from it. */
export interface Death {
  readonly afterCommands?: number
  readonly afterBytes?: number
}

/** Counts what is sent, and loses the connection for good where it should. */
export function counted(transport: Transport, traffic: Traffic, death: Death = {}): Transport {
  const { afterCommands = Infinity, afterBytes = Infinity } = death
  let dead = false
  const die = async (): Promise<never> => {
    dead = true
    await transport.close()
    throw new Error('killed')
  }
  async function* metered(input: NonNullable<CommandRequest['stdin']>): AsyncGenerator<Buffer> {
    const chunks = input instanceof Readable ? input : [Buffer.from(input)]
    for await (const chunk of chunks) {
      traffic.bytes += (chunk as Buffer).length
      yield chunk as Buffer
      if (traffic.bytes < afterBytes) continue
      // What was handed over is on its way, as it is when a program is killed.
      await systemClock.sleep(500)
      await die()
    }
  }
  return {
    target: transport.target,
    async run({ stdin, ...request }, options) {
      if (dead || traffic.commands >= afterCommands) await die()
      traffic.commands += 1
      const input = stdin === undefined ? {} : { stdin: Readable.from(metered(stdin), { objectMode: false }) }
      return transport.run({ ...request, ...input }, options)
    },
    close: () => transport.close(),
  }
}

const enforcer = {
  ID: '1',
  name: 'host',
  namespace: '/a',
  operationalStatus: 'Connected',
  lastSyncTime: '2026-01-01T00:00:00Z',
} as const

const registry: EnforcerRegistry = {
  enrolmentToken: () => Promise.resolve(new Secret('token')),
  makeCredential: () => Promise.reject(new Error('nobody asked for that')),
  find: () => Promise.resolve(undefined),
  waitUntilConnected: () => Promise.resolve(enforcer),
  forget: () => Promise.resolve([]),
}

export const optionsFor = (
  bundle: EnforcerBundle,
  change: Partial<HostInstallOptions> = {},
): HostInstallOptions => ({
  bundleFor: () => Promise.resolve(bundle),
  configuration: {
    api: 'https://c:1',
    namespace: '/a',
    apiSkipVerify: false,
    hasAuthority: false,
    tags: [],
    rawFlags: undefined,
  },
  authorityPem: undefined,
  enrolment: 'token',
  token: undefined,
  dryRun: false,
  connectTimeoutMs: 1000,
  ...change,
})

/** `reconnect` connects to nothing, unless a way is given. */
export const contextOn = (
  transport: Transport,
  change: Partial<HostInstallContext> = {},
): HostInstallContext => ({
  transport,
  reconnect: () => Promise.reject(new Error('killed')),
  registry,
  reporter: { report: () => undefined },
  clock: systemClock,
  signal: AbortSignal.timeout(60_000),
  ...change,
})

/** Runs a script on the host behind apoctl's back. */
export async function onHost(host: TestSshd, script: string): Promise<string> {
  const transport = await connectTo(host)
  try {
    const { stdout, stderr, exitCode } = await transport.run({ command: 'exec sh -s', stdin: script })
    if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${script}\n${stderr.toString()}`)
    return stdout.toString()
  } finally {
    await transport.close()
  }
}
