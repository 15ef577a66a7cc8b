import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnforcerBundle } from '../../../../src/lib/install/bundle/open-enforcer-bundle.ts'
import type { HostInstall } from '../../../../src/lib/install/linux/host-install.ts'
import { installOnHost } from '../../../../src/lib/install/linux/install-host.ts'
import { deliveryExit, placeVersion } from '../../../../src/lib/install/linux/delivery-scripts.ts'
import { runScriptWithInput } from '../../../../src/lib/platforms/linux/run-script-with-input.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import type { TestSshd } from '../../../helpers/sshd.ts'
import {
  contextOn,
  digest,
  makeBundle,
  onHost,
  optionsFor,
  signed,
  startInstallHost,
  type MadeBundle,
} from '../install-scene.ts'

let bundle: MadeBundle
beforeAll(async () => {
  bundle = await makeBundle({ runtimeBytes: 10_000, appBytes: 1000 })
})
afterAll(() => rmSync(bundle.home, { recursive: true }))

async function install(host: TestSshd, of: EnforcerBundle): Promise<HostInstall | Error> {
  const transport = await connectTo(host)
  const result = await installOnHost(optionsFor(of), contextOn(transport)).catch(
    (error: unknown) => error as Error,
  )
  await transport.close()
  return result
}

const steps = (result: HostInstall | Error) =>
  result instanceof Error ? [result.message] : result.steps.map(({ title }) => title)

describe('a host that has OpenSSL 3', () => {
  let host: TestSshd
  beforeAll(async () => {
    host = await startInstallHost()
  })
  afterAll(() => host.stop())

  it('checks the signature of the manifest itself, and is brought back where it does not fit', async () => {
    const wrong = { ...bundle, signatureText: signed('another text') }
    expect(await install(host, wrong)).toMatchObject({ code: 'APO-DELIVERY-SIGNATURE' })
    expect(await onHost(host, 'ls /opt')).toBe('')
  })

  it('says so in its plan, and leaves nothing of it behind', async () => {
    expect(steps(await install(host, bundle))).toContain(
      'check the signature of version 1.0.0, and put it in its place',
    )
    expect(await onHost(host, 'ls -A /opt/prisma-enforcer/1.0.0')).toBe('app\nmanifest.json\nruntime\n')
  })

  it('keeps the build it has of a version when another one cannot be placed', async () => {
    const before = await onHost(
      host,
      'cd /opt/prisma-enforcer && find . | sort && sha256sum 1.0.0/runtime/node',
    )
    const other = await makeBundle({ runtimeBytes: 10_000, appBytes: 1000 })
    const wrong = { ...other, signatureText: signed('another text') }
    expect(await install(host, wrong)).toMatchObject({ code: 'APO-DELIVERY-SIGNATURE' })
    const after = await onHost(
      host,
      'cd /opt/prisma-enforcer && find . | sort && sha256sum 1.0.0/runtime/node',
    )
    expect(after).toBe(before)
    rmSync(other.home, { recursive: true })
  })
})

describe('a host whose OpenSSL is older, or that has none', () => {
  it.each([
    [
      'older',
      `printf '#!/bin/sh\\necho "Usage: pkeyutl [options]"\\n' > /etc/old-openssl; chmod 755 /etc/old-openssl; mount --bind /etc/old-openssl "$(command -v openssl)"`,
    ],
    ['none', 'mount --bind /dev/null "$(command -v openssl)"'],
  ])('is told apart (%s), and goes by the digests', async (_what, prepare) => {
    const host = await startInstallHost([prepare])
    expect(steps(await install(host, bundle)).join('\n')).toContain('no OpenSSL 3 to check its signature')
    await host.stop()
  })
})

it('a manifest that is cut on its way is not put in place', async () => {
  const host = await startInstallHost()
  const transport = await connectTo(host)
  const { manifestText, signatureText, keyPem } = bundle
  const partial = '/opt/prisma-enforcer/1.0.0.partial'
  await onHost(host, `mkdir -p ${partial}`)
  const place = (input: string) =>
    runScriptWithInput(transport, {
      text: placeVersion,
      args: [partial, '/opt/prisma-enforcer/1.0.0', digest(Buffer.from(manifestText)), signatureText, keyPem],
      input,
    })
  expect(await place(manifestText.slice(0, 100))).toMatchObject({ exitCode: deliveryExit.digest })
  expect(await onHost(host, 'ls /opt/prisma-enforcer')).toBe('1.0.0.partial\n')
  expect(await place(manifestText)).toMatchObject({ exitCode: 0 })
  await transport.close()
  await host.stop()
})
