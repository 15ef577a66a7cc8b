import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import type { EnforcerBundle } from '../../../../src/lib/install/bundle/open-enforcer-bundle.ts'
import { installOnHost } from '../../../../src/lib/install/linux/install-host.ts'
import type { HostInstall } from '../../../../src/lib/install/linux/host-install.ts'
import { deliveryExit, receiveLayer } from '../../../../src/lib/install/linux/delivery-scripts.ts'
import { runScriptWithInput } from '../../../../src/lib/platforms/linux/run-script-with-input.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import type { TestSshd } from '../../../helpers/sshd.ts'
import {
  contextOn,
  counted,
  digest,
  makeBundle,
  onHost,
  optionsFor,
  startInstallHost,
  type Death,
  type Traffic,
} from '../install-scene.ts'

/** More than scripts and small files of one installation come to. */
const overheadBytes = 60_000
const partial = '/opt/prisma-enforcer/1.0.0.partial'

let host: TestSshd
let bundle: Awaited<ReturnType<typeof makeBundle>>
beforeAll(async () => {
  host = await startInstallHost()
  bundle = await makeBundle()
})
afterAll(async () => {
  await host.stop()
  rmSync(bundle.home, { recursive: true })
})
const clear = () =>
  onHost(
    host,
    'rm -rf /opt/* /var/lib/* /etc/systemd/system/prisma-enforcer.service /etc/modules-load.d/prisma*',
  )
afterEach(clear)

/** One run of the tool, and what it sent. */
async function run(
  what: { readonly bundle?: EnforcerBundle; readonly death?: Death } = {},
): Promise<{ readonly result: HostInstall | Error; readonly steps: string[]; readonly traffic: Traffic }> {
  const traffic = { commands: 0, bytes: 0 }
  const done: string[] = []
  const transport = counted(await connectTo(host), traffic, what.death)
  const context = contextOn(transport, {
    reporter: {
      report: (event) => {
        if (event.type === 'finished' && event.outcome === 'done') done.push(event.step)
      },
    },
  })
  const result = await installOnHost(optionsFor(what.bundle ?? bundle), context).catch(
    (error: unknown) => error as Error,
  )
  await transport.close()
  return { result, steps: done.filter((step) => !step.startsWith('wait')), traffic }
}

const titlesOf = (result: HostInstall | Error): string[] => {
  if (result instanceof Error) throw result
  return result.steps.map(({ title }) => title)
}
const layer = (name: string) => bundle.layers.find((each) => each.name === name)!
const archiveOf = (name: string) => `${partial}/${name}-${layer(name).sha256}.tar.gz`
/** Every file of the version, with the digests that the manifest names. */
async function expectInstalled(of: EnforcerBundle = bundle): Promise<void> {
  const listed = await onHost(
    host,
    'cd /opt/prisma-enforcer && find . -type f -exec sha256sum {} + | sort -k2',
  )
  const files = of.layers.flatMap(({ files }) =>
    files.map(({ path, sha256 }) => `${sha256}  ./1.0.0/${path}`),
  )
  const lines = listed.trim().split('\n')
  expect(lines.filter((line) => !line.endsWith('manifest.json'))).toEqual(
    files.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)),
  )
  expect(await onHost(host, 'ls /opt/prisma-enforcer /opt/prisma-enforcer/1.0.0')).toBe(
    '/opt/prisma-enforcer:\n1.0.0\ncurrent\n\n/opt/prisma-enforcer/1.0.0:\napp\nmanifest.json\nruntime\n',
  )
}

describe('a run that was killed', () => {
  // Thirty runs of apoctl.
  const longMs = 120_000
  it(
    'between two steps is gone on from without doing one of them again, whichever they were',
    { timeout: longMs },
    async () => {
      const whole = await run()
      const all = titlesOf(whole.result)
      // To lock, to look, and to unlock; a lock that was left behind takes one more.
      expect(whole.traffic.commands).toBe(3 + all.length)
      await expectInstalled()
      // What belongs to each run: a note of what was there, a token of its own, and that it was used.
      const always = [
        all[0],
        'write /var/lib/prisma-enforcer/prisma-enforcer.conf',
        'let the enforcer register itself and make its own credential',
      ]
      for (let finished = 1; finished < all.length; finished += 1) {
        await clear()
        const first = await run({ death: { afterCommands: 2 + finished } })
        expect(first.steps).toEqual(all.slice(0, finished))
        const second = await run()
        const again = titlesOf(second.result)
        const repeated = again.filter((title) => all.indexOf(title) >= 0 && all.indexOf(title) < finished)
        expect(
          repeated.filter((title) => !always.includes(title)),
          `after ${finished} steps`,
        ).toEqual([])
        expect(second.traffic.commands).toBe(4 + again.length)
        expect(again.length).toBeLessThanOrEqual(all.length - finished + always.length + 1)
        await expectInstalled()
      }
    },
  )

  it('in the middle of an upload leaves what arrived, and only the rest is sent', async () => {
    const first = await run({ death: { afterBytes: 1_500_000 } })
    expect(first.result).toBeInstanceOf(Error)
    const arrived = Number(await onHost(host, `stat -c %s ${archiveOf('runtime')}`))
    expect(arrived).toBeGreaterThan(500_000)
    const second = await run()
    expect(titlesOf(second.result)).toContain(
      `go on from what an earlier run brought: ${(arrived / 1_048_576).toFixed(1)} MiB of the runtime layer`,
    )
    const rest = layer('runtime').sizeBytes - arrived + layer('app').sizeBytes
    expect(second.traffic.bytes).toBeGreaterThan(rest)
    expect(second.traffic.bytes).toBeLessThan(rest + overheadBytes)
    await expectInstalled()
  })

  it('again and again still comes to its end', async () => {
    const sent = []
    for (let attempt = 0; attempt < 3; attempt += 1)
      sent.push((await run({ death: { afterBytes: 900_000 } })).traffic.bytes)
    const last = await run()
    expect(titlesOf(last.result)[1]).toMatch(/^go on from/)
    await expectInstalled()
    expect(last.traffic.bytes).toBeLessThan(layer('runtime').sizeBytes - 1_200_000 + overheadBytes + 200_000)
    expect(sent.every((bytes) => bytes >= 900_000)).toBe(true)
  })

  it('leaves nothing behind when the next one fails', async () => {
    await run({ death: { afterBytes: 1_500_000 } })
    const transport = await connectTo(host)
    const registry = {
      ...contextOn(transport).registry,
      waitUntilConnected: () => Promise.resolve(undefined),
    }
    await expect(installOnHost(optionsFor(bundle), contextOn(transport, { registry }))).rejects.toMatchObject(
      {
        code: 'APO-INSTALL-NOT-CONNECTED',
      },
    )
    await transport.close()
    expect(await onHost(host, 'ls -A /opt/prisma-enforcer')).toBe('')
  })

  it('is not gone on from where what it left was altered', async () => {
    await run({ death: { afterBytes: 1_500_000 } })
    await onHost(host, `printf x | dd of=${archiveOf('runtime')} bs=1 seek=1000 conv=notrunc 2>/dev/null`)
    const second = await run()
    expect(titlesOf(second.result)).toContain('clear what an earlier run left of 1.0.0')
    expect(second.traffic.bytes).toBeGreaterThan(layer('runtime').sizeBytes)
    await expectInstalled()
  })

  it('is not gone on from where a file of an unpacked layer was altered', async () => {
    await run({ death: { afterCommands: 10 } })
    const before = await onHost(host, `ls ${partial}`)
    expect(before).toContain('runtime.unpacked')
    await onHost(host, `printf x >> ${partial}/runtime/node`)
    const second = await run()
    expect(titlesOf(second.result).filter((title) => title.includes('the runtime layer'))).toHaveLength(2)
    await expectInstalled()
  })

  it('is not gone on from by another build of the same version', async () => {
    await run({ death: { afterBytes: 1_500_000 } })
    const other = await makeBundle()
    const second = await run({ bundle: other })
    expect(titlesOf(second.result)).toContain('clear what an earlier run left of 1.0.0')
    await expectInstalled(other)
    rmSync(other.home, { recursive: true })
  })
})

describe('an archive that arrives whole and wrong', () => {
  it('is an error that says so, and the host is brought back', async () => {
    const name = 'runtime'
    const bytes = readFileSync(layer(name).path)
    bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000)
    const path = join(bundle.folder, 'altered.tar.gz')
    writeFileSync(path, bytes)
    const layers = bundle.layers.map((each) => (each.name === name ? { ...each, path } : each))
    const { result } = await run({ bundle: { ...bundle, layers } })
    expect(result).toBeInstanceOf(ApoctlError)
    expect(result).toMatchObject({
      code: 'APO-DELIVERY-DIGEST',
      message: expect.stringMatching(/it was removed$/),
    })
    expect(await onHost(host, 'ls /opt')).toBe('')
  })

  it('is removed on the host, where one that is cut short stays', async () => {
    const transport = await connectTo(host)
    const receive = (input: string) =>
      runScriptWithInput(transport, {
        text: receiveLayer,
        args: [partial, 'x.tar.gz', digest(Buffer.from('whole')), '5', '0'],
        input,
      })
    expect(await receive('who')).toMatchObject({ exitCode: 1 })
    expect(await onHost(host, `cat ${partial}/x.tar.gz`)).toBe('who')
    expect(await receive('wrong')).toMatchObject({ exitCode: deliveryExit.digest })
    expect(await onHost(host, `ls ${partial}`)).toBe('')
    expect(await receive('whole')).toMatchObject({ exitCode: 0 })
    await transport.close()
  })
})
