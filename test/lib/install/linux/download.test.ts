import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import type { HostInstall } from '../../../../src/lib/install/linux/host-install.ts'
import { installOnHost } from '../../../../src/lib/install/linux/install-host.ts'
import { packagePermission } from '../../../../src/contract/enforcer-packages.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { issueTestToken, startTestConsole, type TestConsole } from '../../../helpers/console.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import type { TestSshd } from '../../../helpers/sshd.ts'
import {
  contextOn,
  counted,
  makeBundle,
  onHost,
  optionsFor,
  startInstallHost,
  type MadeBundle,
} from '../install-scene.ts'

/** Scripts and small files of one installation come to less. */
const overheadBytes = 60_000

let bundle: MadeBundle
beforeAll(async () => {
  bundle = await makeBundle()
})
afterAll(() => rmSync(bundle.home, { recursive: true }))

/** A mirror as they are, which can be told to misbehave. */
interface Mirror {
  readonly server: Server
  url: string
  asked: { readonly path: string; readonly range: string | undefined; sentBytes: number }[]
  knowsRanges: boolean
  /** Ends this many answers after so many bytes. */
  cuts: number
  cutAfterBytes: number
  file: (path: string) => string
}

async function startMirror(): Promise<Mirror> {
  const server = createServer((request, response) => void answer(mirror, { request, response }))
  const mirror: Mirror = {
    server,
    url: '',
    asked: [],
    knowsRanges: true,
    cuts: 0,
    cutAfterBytes: 500_000,
    file: (path) => join(bundle.home, path.replace('/enforcer', '')),
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  mirror.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/enforcer`
  return mirror
}

async function answer(
  mirror: Mirror,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const path = request.url ?? ''
  const { range } = request.headers
  const record = { path, range, sentBytes: 0 }
  mirror.asked.push(record)
  const file = mirror.file(path)
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) return void response.writeHead(404).end('nothing here')
  const start = mirror.knowsRanges ? Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0
  const partial = start > 0 ? { 'Content-Range': `bytes ${start}-${size - 1}/${size}` } : {}
  response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': size - start, ...partial })
  const cut = mirror.cuts > 0
  mirror.cuts -= cut ? 1 : 0
  for await (const chunk of createReadStream(file, { start })) {
    record.sentBytes += (chunk as Buffer).length
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve))
    if (cut && record.sentBytes >= mirror.cutAfterBytes) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return void response.destroy()
    }
  }
  response.end()
}

const layer = (name: string) => bundle.layers.find((each) => each.name === name)!
const installed = async (host: TestSshd) =>
  expect(await onHost(host, 'cd /opt/prisma-enforcer/1.0.0 && sha256sum runtime/node && ls')).toBe(
    `${layer('runtime').files[0]!.sha256}  runtime/node\napp\nmanifest.json\nruntime\n`,
  )

/** Nobody can run what lies there any more. */
const hide = (...programs: readonly string[]): string[] =>
  programs.map((program) => `mount --bind /dev/null "$(command -v ${program})"`)

const empty = mkdtempSync(join(tmpdir(), 'apoctl-tools-'))
const busyboxWget = join(empty, 'wget')
writeFileSync(busyboxWget, '#!/bin/sh\nexec busybox wget "$@"\n', { mode: 0o755 })
afterAll(() => rmSync(empty, { recursive: true }))

const tools = {
  curl: hide('wget'),
  'GNU wget': hide('curl'),
  'the wget of BusyBox': [...hide('curl'), `mount --bind ${busyboxWget} "$(command -v wget)"`],
} as const

describe.each(Object.keys(tools) as (keyof typeof tools)[])('a host that has %s', (tool) => {
  let host: TestSshd
  let mirror: Mirror
  beforeAll(async () => {
    host = await startInstallHost(tools[tool])
  })
  beforeEach(async () => {
    mirror = await startMirror()
  })
  afterEach(async () => {
    mirror.server.closeAllConnections()
    mirror.server.close()
    await onHost(host, 'rm -rf /opt/* /var/lib/* /etc/systemd/system/prisma-enforcer.service')
  })
  afterAll(() => host.stop())

  async function run(): Promise<{ result: HostInstall | Error; bytes: number }> {
    const traffic = { commands: 0, bytes: 0 }
    const connection = await connectTo(host)
    const transport = counted(connection, traffic)
    const delivery = { type: 'mirror', url: mirror.url } as const
    const result = await installOnHost(optionsFor(bundle, { delivery }), contextOn(transport)).catch(
      (error: unknown) => error as Error,
    )
    await transport.close()
    return { result, bytes: traffic.bytes }
  }

  it('downloads the layers itself, and nothing else', async () => {
    const { result, bytes } = await run()
    expect(result).toMatchObject({ change: 'installed' })
    expect(bytes).toBeLessThan(overheadBytes)
    expect(mirror.asked.map(({ path }) => path)).toEqual(
      bundle.layers.map(({ file }) => `/enforcer/linux-x64/${file}`),
    )
    await installed(host)
  })

  it('goes on where a connection was cut', async () => {
    mirror.cuts = 2
    expect((await run()).result).toMatchObject({ change: 'installed' })
    const ofRuntime = mirror.asked.filter(({ path }) => path.includes('runtime'))
    expect(ofRuntime).toHaveLength(3)
    expect(ofRuntime[0]?.range ?? 'bytes=0-').toBe('bytes=0-')
    expect(Number(/\d+/.exec(ofRuntime[2]!.range!)![0])).toBeGreaterThan(500_000)
    await installed(host)
  })

  it('goes on where a run before was killed', async () => {
    const file = `/opt/prisma-enforcer/1.0.0.partial/runtime-${layer('runtime').sha256}.tar.gz`
    await onHost(host, `mkdir -p "$(dirname ${file})"`)
    const transport = await connectTo(host)
    const stdin = createReadStream(layer('runtime').path, { end: 999_999 })
    await transport.run({ command: `cat > ${file}`, stdin })
    await transport.close()
    expect((await run()).result).toMatchObject({ change: 'installed' })
    expect(mirror.asked[0]?.range).toBe('bytes=1000000-')
    await installed(host)
  })

  it('begins anew where the server knows no ranges', async () => {
    mirror.cuts = 1
    mirror.knowsRanges = false
    expect((await run()).result).toMatchObject({ change: 'installed' })
    await installed(host)
  })

  it('refuses another file of the same size, and is brought back', async () => {
    const other = join(bundle.home, 'other')
    writeFileSync(other, Buffer.alloc(layer('runtime').sizeBytes))
    mirror.file = () => other
    const { result } = await run()
    expect(result).toMatchObject({ code: 'APO-DELIVERY-DIGEST' })
    expect(await onHost(host, 'ls /opt')).toBe('')
  })

  it('does not take more than was asked for', async () => {
    const other = join(bundle.home, 'large')
    writeFileSync(other, Buffer.alloc(layer('runtime').sizeBytes * 20))
    mirror.file = () => other
    const { result } = await run()
    expect(result).toMatchObject({ code: 'APO-DELIVERY-DOWNLOAD' })
    // What the sockets hold comes on top.
    expect(mirror.asked[0]!.sentBytes).toBeLessThan(layer('runtime').sizeBytes * 10)
    expect(await onHost(host, 'ls /opt')).toBe('')
  })

  it('says what could not be downloaded, and is brought back', async () => {
    mirror.file = () => join(bundle.home, 'nothing')
    const { result } = await run()
    expect(result).toBeInstanceOf(ApoctlError)
    expect(result).toMatchObject({ code: 'APO-DELIVERY-DOWNLOAD', exitCode: 4 })
    const said = (result as Error).message
    expect(said).toContain(`${mirror.url}/linux-x64/${layer('runtime').file}`)
    expect(said).toContain('404')
    expect(mirror.asked).toHaveLength(1)
    expect(await onHost(host, 'ls /opt')).toBe('')
  })
})

describe('a host that downloads from the Console', () => {
  let console: TestConsole
  beforeAll(async () => {
    console = await startTestConsole({ packagesFolder: bundle.home })
  })
  afterAll(() => console.close())

  /** Has every use of a program written down, with what others on the host could see of it. */
  const watched = (program: string): string[] => {
    const [real, stub] = [join(empty, `real-${program}`), join(empty, `watched-${program}`)]
    writeFileSync(stub, `#!/bin/sh\necho "$0 $*" >> /opt/seen\nexec ${real} "$@"\n`, { mode: 0o755 })
    return [`cp "$(command -v ${program})" ${real}`, `mount --bind ${stub} "$(command -v ${program})"`]
  }

  async function install(
    prepare: readonly string[],
    change: { readonly authorityPem?: string; readonly token?: string } = {},
  ): Promise<{ readonly host: TestSshd; readonly result: HostInstall | ApoctlError }> {
    const host = await startInstallHost(prepare)
    const transport = await connectTo(host)
    const more = { restrictedPermissions: [packagePermission] }
    const token =
      change.token ?? (await issueTestToken(console, { credential: console.adminCredential, more }))
    const context = contextOn(transport)
    const registry = { ...context.registry, packageToken: () => Promise.resolve(new Secret(token)) }
    const { configuration } = optionsFor(bundle)
    const options = optionsFor(bundle, {
      delivery: { type: 'console' },
      authorityPem: change.authorityPem ?? console.caPem,
      configuration: { ...configuration, api: console.url, hasAuthority: true },
    })
    const result = await installOnHost(options, { ...context, registry }).catch(
      (error: unknown) => error as ApoctlError,
    )
    await transport.close()
    return { host, result }
  }

  it.each([
    ['curl', ['wget']],
    ['wget', ['curl']],
  ])('shows its token with %s, and to nobody else', async (program, hidden) => {
    const { host, result } = await install([...hide(...hidden), ...watched(program)])
    expect(result).toMatchObject({ change: 'installed' })
    await installed(host)
    const seen = await onHost(host, 'cat /opt/seen; rm /opt/seen')
    expect(seen).toContain(`${console.url}/_packages/enforcer/linux-x64/${layer('runtime').file}`)
    expect(seen).not.toMatch(/bearer|eyJ/i)
    expect(await onHost(host, 'grep -rl Bearer /opt /var/lib /tmp/ask* 2>/dev/null || echo none')).toBe(
      'none\n',
    )
    await host.stop()
  })

  it('is refused without a good token, or with a certificate that nobody vouches for', async () => {
    const stranger = await startTestConsole()
    for (const [change, why] of [
      [{ token: 'nonsense' }, /401/],
      [{ authorityPem: stranger.caPem }, /certificate/],
    ] as const) {
      const { host, result } = await install([], change)
      expect(result).toMatchObject({ code: 'APO-DELIVERY-DOWNLOAD', message: expect.stringMatching(why) })
      await host.stop()
    }
    await stranger.close()
  })

  it('sends no token with a wget that checks no certificates', async () => {
    const { host, result } = await install(tools['the wget of BusyBox'])
    expect(result).toMatchObject({ code: 'APO-DELIVERY-TOOL' })
    await host.stop()
  })
})

describe('a host behind a proxy', () => {
  it('goes by what /etc/environment says', async () => {
    const mirror = await startMirror()
    const { origin } = new URL(mirror.url)
    mirror.file = (path) => join(bundle.home, path.replace('http://mirror.invalid', ''))
    const host = await startInstallHost([`echo 'http_proxy="${origin}"' >> /etc/environment`])
    const transport = await connectTo(host)
    const delivery = { type: 'mirror', url: 'http://mirror.invalid' } as const
    const result = await installOnHost(optionsFor(bundle, { delivery }), contextOn(transport))
    expect(result).toMatchObject({ change: 'installed' })
    expect(mirror.asked[0]?.path).toMatch(/^http:\/\/mirror\.invalid\//)
    await transport.close()
    await host.stop()
    mirror.server.close()
  })
})

describe('a host that has neither curl nor wget', () => {
  it('is told so, and brought back', async () => {
    const host = await startInstallHost(hide('curl', 'wget'))
    const transport = await connectTo(host)
    const delivery = { type: 'mirror', url: 'http://127.0.0.1:9/enforcer' } as const
    await expect(installOnHost(optionsFor(bundle, { delivery }), contextOn(transport))).rejects.toMatchObject(
      {
        code: 'APO-DELIVERY-TOOL',
        exitCode: 1,
      },
    )
    await transport.close()
    await host.stop()
  })
})
