/** A host that an enforcer can be installed on for real, over SSH, but for systemd: that is played. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { create } from 'tar'
import type {
  EnforcerLayer,
  EnforcerLayerName,
  EnforcerManifest,
  EnforcerPlatform,
} from '../../../src/contract/enforcer-bundle.ts'
import { enforcerProgramFiles } from '../../../src/contract/enforcer-paths.ts'
import { thisOperator } from '../../../src/lib/fleet/journal/process-identity.ts'
import { systemClock } from '../../../src/lib/async/clock.ts'
import {
  openEnforcerBundle,
  type EnforcerBundle,
} from '../../../src/lib/install/bundle/open-enforcer-bundle.ts'
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
  return startSshd({
    prepare: [
      'mount -t tmpfs none /opt',
      'mount -t tmpfs none /var/lib',
      'mount -t tmpfs none /run',
      'mkdir /run/sshd',
      'mkdir -p /etc/systemd/system /etc/modules-load.d',
      `cat > /etc/played-systemctl <<'END'\n${systemctl}END`,
      'chmod 755 /etc/played-systemctl',
      'mount --bind /etc/played-systemctl "$(command -v systemctl)"',
      ...prepare,
    ],
  })
}

export type MadeBundle = EnforcerBundle & {
  /** Holds a folder for each platform, this one among them. */
  readonly home: string
  readonly folder: string
}

/** A bundle on disk, signed, with layers of random bytes. */
export async function makeBundle(
  content: {
    home?: string
    platform?: EnforcerPlatform
    version?: string
    runtimeBytes?: number
    appBytes?: number
    /** A program that runs, instead of random bytes. */
    runtime?: Buffer
  } = {},
): Promise<MadeBundle> {
  const { version = '1.0.0', platform = 'linux-x64', runtimeBytes = 3_000_000, appBytes = 200_000 } = content
  const { runtime = randomBytes(runtimeBytes) } = content
  const home = content.home ?? mkdtempSync(join(tmpdir(), 'apoctl-bundle-'))
  const folder = join(home, platform)
  mkdirSync(folder)
  const { unit, modulesLoad } = enforcerProgramFiles
  const layers = [
    await makeLayer(folder, { name: 'runtime', files: { 'runtime/node': runtime } }),
    await makeLayer(folder, {
      name: 'app',
      files: {
        'app/enforcer.cjs': randomBytes(appBytes),
        [modulesLoad]: Buffer.from('nf_tables\n'),
        [unit]: Buffer.from('[Unit]\n'),
      },
    }),
  ]
  const manifest: EnforcerManifest = {
    format: 'prisma-enforcer-bundle/v1',
    version,
    platform,
    node: '22.0.0',
    layers,
    requirements: { glibc: '2.28', libstdcxx: '3.4.25', kernel: '4.18', systemd: '232', diskBytes: 1000 },
  }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  writeFileSync(join(folder, 'manifest.json'), text)
  writeFileSync(join(folder, 'manifest.json.sig'), signed(text))
  return { ...(await openEnforcerBundle(folder, { trustedKeysPem: [publicKeyPem] })), home, folder }
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
export const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }) as string
/** As it lies beside a manifest. */
export const signed = (text: string): string =>
  `${sign(null, Buffer.from(text), privateKey).toString('base64')}\n`

async function makeLayer(
  folder: string,
  what: { readonly name: EnforcerLayerName; readonly files: Readonly<Record<string, Buffer>> },
): Promise<EnforcerLayer> {
  const { name } = what
  mkdirSync(join(folder, name))
  for (const [path, content] of Object.entries(what.files))
    writeFileSync(join(folder, path), content, { mode: 0o755 })
  const unnamed = join(folder, 'layer')
  const paths = Object.keys(what.files)
  await create({ file: unnamed, cwd: folder, gzip: true, portable: true }, paths)
  rmSync(join(folder, name), { recursive: true })
  const archive = readFileSync(unnamed)
  const sha256 = digest(archive)
  const file = `${name}-${sha256.slice(0, 16)}.tar.gz`
  renameSync(unnamed, join(folder, file))
  const files = Object.entries(what.files).map(([path, content]) => ({
    path,
    mode: '0644',
    sha256: digest(content),
    sizeBytes: content.length,
  }))
  return { name, file, sha256, sizeBytes: archive.length, files }
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
  packageToken: () => Promise.resolve(new Secret('package-token')),
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
  delivery: { type: 'copy' },
  isCopyAsked: false,
  dryRun: false,
  connectTimeoutMs: 1000,
  ...change,
})

/** Of a process that is gone: what it has locked is free for the next one, as after a kill. */
const claim = {
  owner: { operator: { ...thisOperator('ann'), pid: 2 ** 22 + 1 }, run: 'test' },
  takesOver: false,
}

/** `reconnect` connects to nothing, unless a way is given. */
export const contextOn = (
  transport: Transport,
  change: Partial<HostInstallContext> = {},
): HostInstallContext => ({
  transport,
  claim,
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
