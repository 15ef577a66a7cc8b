import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEnforcerBundle } from '../../../../src/lib/install/bundle/open-enforcer-bundle.ts'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'

/** The real build with a stand-in for Node: a real one would only add a minute of compression. */
function build(out: string, nodeText = 'echo "24.0.0 linux-x64"'): void {
  const node = join(out, '..', 'node-stand-in')
  writeFileSync(node, `#!/bin/sh\n${nodeText}\n`)
  chmodSync(node, 0o755)
  execFileSync(
    process.execPath,
    [
      'tools/build-enforcer.mjs',
      '--platform',
      'linux-x64',
      '--node',
      node,
      '--signing-key',
      keyFile,
      '--out',
      out,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
}

let home: string
let keyFile: string
let built: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'bundle-'))
  keyFile = join(home, 'key.pem')
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  built = join(home, 'built')
  build(built)
})
afterAll(() => rmSync(home, { recursive: true }))

let folder: string
beforeEach(() => {
  folder = join(home, 'copy')
  cpSync(join(built, 'linux-x64'), folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const trusted = () => ({ trustedKeysPem: [readFileSync(join(built, 'signing-key.pem'), 'utf8')] })
const codeOf = async (world = trusted()): Promise<string> => {
  try {
    await openEnforcerBundle(folder, world)
  } catch (error) {
    if (error instanceof ApoctlError) return error.code
    throw error
  }
  return 'opened'
}
const fileOf = (layer: string) =>
  join(folder, readdirSync(folder).find((name) => name.startsWith(`${layer}-`)) ?? '')
const resign = (change: (text: string) => string) => {
  const text = change(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  writeFileSync(join(folder, 'manifest.json'), text)
  const signature = sign(null, Buffer.from(text), createPrivateKey(readFileSync(keyFile)))
  writeFileSync(join(folder, 'manifest.json.sig'), signature.toString('base64'))
}

describe('a bundle that was just built', () => {
  it('opens, and hands over its layers, its unit and its list of kernel modules', async () => {
    const bundle = await openEnforcerBundle(folder, trusted())
    expect(bundle.manifest).toMatchObject({ platform: 'linux-x64', node: '24.0.0' })
    expect(bundle.layers.map(({ name }) => name)).toEqual(['runtime', 'app'])
    expect(bundle.unit).toContain('Type=notify')
    expect(bundle.modulesLoad).toContain('nf_tables')
    expect(bundle.layers[1]?.files.map(({ path }) => path)).toContain('app/enforcer.cjs')
  })

  it('unpacks with tar to exactly the files of its manifest', async () => {
    const bundle = await openEnforcerBundle(folder, trusted())
    for (const layer of bundle.layers) {
      const listed = execFileSync('tar', ['tzf', layer.path], { encoding: 'utf8' }).trim().split('\n')
      expect(listed).toEqual(layer.files.map(({ path }) => path))
    }
  })

  it('has the same bytes when it is built again', () => {
    build(join(home, 'again'))
    for (const name of readdirSync(folder))
      expect(readFileSync(join(home, 'again/linux-x64', name)).equals(readFileSync(join(folder, name)))).toBe(
        true,
      )
  })

  it('changes only the layer whose content changed', () => {
    build(join(home, 'other'), 'echo "24.0.1 linux-x64"')
    const names = (at: string) => readdirSync(at).filter((name) => name.endsWith('.gz'))
    const [before, after] = [names(folder), names(join(home, 'other/linux-x64'))]
    expect(after.filter((name) => before.includes(name)).map((name) => name.split('-')[0])).toEqual(['app'])
  })

  it('names the six capabilities in its unit and no others', async () => {
    const { unit } = await openEnforcerBundle(folder, trusted())
    expect(/^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.split(' ').sort()).toEqual(
      [
        'CAP_NET_ADMIN',
        'CAP_NET_RAW',
        'CAP_SYS_ADMIN',
        'CAP_SYS_MODULE',
        'CAP_SYS_PTRACE',
        'CAP_SYS_RESOURCE',
      ].sort(),
    )
  })
})

describe('a bundle that is not to be trusted', () => {
  it('is refused when the manifest was altered', async () => {
    const path = join(folder, 'manifest.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('0755', '4755'))
    expect(await codeOf()).toBe('APO-BUNDLE-SIGNATURE')
  })

  it('is refused when another key signed it', async () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    expect(
      await codeOf({ trustedKeysPem: [publicKey.export({ type: 'spki', format: 'pem' }) as string] }),
    ).toBe('APO-BUNDLE-SIGNATURE')
  })

  it('is refused when nobody is trusted, or only a key of another kind', async () => {
    expect(await codeOf({ trustedKeysPem: [] })).toBe('APO-BUNDLE-SIGNATURE')
    const ec = createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    expect(await codeOf({ trustedKeysPem: [ec.export({ type: 'spki', format: 'pem' }) as string] })).toBe(
      'APO-BUNDLE-SIGNATURE',
    )
  })

  it.each(['manifest.json', 'manifest.json.sig'])('is refused when %s is missing', async (name) => {
    rmSync(join(folder, name))
    expect(await codeOf()).toBe('APO-BUNDLE-MISSING')
  })

  it.each(['runtime', 'app'])('is refused when layer %s is missing', async (layer) => {
    rmSync(fileOf(layer))
    expect(await codeOf()).toBe('APO-BUNDLE-MISSING')
  })

  it.each(['runtime', 'app'])('is refused when layer %s was cut short', async (layer) => {
    truncateSync(fileOf(layer), 100)
    expect(await codeOf()).toBe('APO-BUNDLE-LAYER')
  })

  it.each(['runtime', 'app'])('is refused when one bit of layer %s differs', async (layer) => {
    const bytes = readFileSync(fileOf(layer))
    bytes[60] = (bytes[60] ?? 0) ^ 1
    writeFileSync(fileOf(layer), bytes)
    expect(await codeOf()).toBe('APO-BUNDLE-LAYER')
  })

  it.each([
    ['of another format', (text: string) => text.replace('bundle/v1', 'bundle/v2')],
    ['for another platform', (text: string) => text.replace('"linux-x64"', '"plan9-x64"')],
    [
      'with a path that leads out',
      (text: string) => text.replace('runtime/node', 'runtime/../../etc/passwd'),
    ],
    ['with an absolute path', (text: string) => text.replace('runtime/node', '/etc/passwd')],
    [
      'with a layer in another folder',
      (text: string) => text.replace('"file": "runtime', '"file": "../runtime'),
    ],
    ['with a setuid file', (text: string) => text.replace('"0755"', '"4755"')],
    ['that is no JSON', () => 'hello'],
  ])('is refused when its manifest is signed but %s', async (_what, change) => {
    resign(change)
    expect(await codeOf()).toBe('APO-BUNDLE-MANIFEST')
  })
})
