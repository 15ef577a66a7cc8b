/** Makes enforcer bundles that differ from the built one in one known way. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { cpSync, linkSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { create, extract } from 'tar'
import { scratchFolder } from '../helpers/run-apoctl.ts'
import { bundleFolder, type BundleManifest } from './program.ts'

interface LayerFile {
  path: string
  mode: string
  sha256: string
  sizeBytes: number
}
interface Layer {
  name: string
  file: string
  sha256: string
  sizeBytes: number
  files: LayerFile[]
}
type Manifest = Omit<BundleManifest, 'layers'> & { layers: Layer[] }

export interface MadeBundle {
  /** For --bundle: holds a folder for the platform. */
  readonly folder: string
  /** For --bundle-key. */
  readonly key: string
}

/** A copy of the built bundle, byte for byte; `spoil` may then do what it likes to the files in `folder`. */
export function copyBundle(name: string, spoil: (folder: string) => void): string {
  const folder = join(scratchFolder(), name)
  cpSync(bundleFolder(), join(folder, 'linux-x64'), { recursive: true })
  spoil(join(folder, 'linux-x64'))
  return folder
}

/**
 * The bundle of a later version: the same runtime layer, a changed app layer, signed with another key. `first` is
 * what its script does before anything else.
 */
export async function makeLaterBundle(version: string, first = ''): Promise<MadeBundle> {
  const from = bundleFolder()
  const folder = join(scratchFolder(), `bundle-${version}`)
  const platform = join(folder, 'linux-x64')
  const unpacked = join(folder, 'unpacked')
  mkdirSync(platform, { recursive: true })
  mkdirSync(unpacked)
  const manifest = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')) as Manifest
  const [runtime, app] = [layerOf(manifest, 'runtime'), layerOf(manifest, 'app')]
  linkSync(join(from, runtime.file), join(platform, runtime.file))
  await extract({ file: join(from, app.file), cwd: unpacked })
  const script = join(unpacked, 'app/enforcer.cjs')
  const text = readFileSync(script, 'utf8')
  if (!text.includes(`"${manifest.version}"`)) throw new Error('the script of the enforcer names no version')
  writeFileSync(script, first + text.replaceAll(`"${manifest.version}"`, `"${version}"`))
  const archive = join(platform, 'app-later.tar.gz')
  const paths = readdirSync(join(unpacked, 'app')).map((name) => `app/${name}`)
  await create({ file: archive, cwd: unpacked, gzip: true, portable: true }, paths)
  const changed: Layer = {
    name: 'app',
    file: 'app-later.tar.gz',
    sha256: digest(readFileSync(archive)),
    sizeBytes: statSync(archive).size,
    files: app.files.map((file) => {
      const content = readFileSync(join(unpacked, file.path))
      return { ...file, sha256: digest(content), sizeBytes: content.length }
    }),
  }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signed = `${JSON.stringify({ ...manifest, version, layers: [runtime, changed] }, undefined, 2)}\n`
  writeFileSync(join(platform, 'manifest.json'), signed)
  const signature = sign(null, Buffer.from(signed), privateKey).toString('base64')
  writeFileSync(join(platform, 'manifest.json.sig'), `${signature}\n`)
  const key = join(folder, 'key.pem')
  writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }))
  return { folder, key }
}

function layerOf(manifest: Manifest, name: string): Layer {
  const found = manifest.layers.find((layer) => layer.name === name)
  if (found === undefined) throw new Error(`the bundle has no layer ${name}`)
  return found
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
