// Builds the enforcer bundle: build/enforcer/<platform>/ with two layers, a manifest and its signature.
//
//   npm run build:enforcer -- [--platform linux-x64|linux-arm64|all] [--node package|running|FILE]
//                             [--signing-key FILE] [--out FOLDER]
//
// The same sources, packages and Node give the same bytes. Without --signing-key a key is made once
// under build/keys; build/enforcer/signing-key.pem is the public half, which install verifies with.
import { readFile, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { appFiles } from './build-enforcer/app-files.mjs'
import { makeLayer } from './build-enforcer/make-layer.mjs'
import { neededLibraries } from './build-enforcer/needed-libraries.mjs'
import { runtimeFiles } from './build-enforcer/runtime-files.mjs'
import { openSigningKey } from './build-enforcer/signing-key.mjs'

const platforms = ['linux-x64', 'linux-arm64']
const { values: flags } = parseArgs({
  options: {
    platform: { type: 'string', default: `${process.platform}-${process.arch}` },
    node: { type: 'string', default: 'package' },
    'signing-key': { type: 'string' },
    out: { type: 'string', default: 'build/enforcer' },
  },
})
const wanted = flags.platform === 'all' ? platforms : [flags.platform]
for (const platform of wanted)
  if (!platforms.includes(platform))
    throw new Error(`--platform ${platform}: it is one of ${platforms.join(', ')}, all`)

const { version } = JSON.parse(await readFile('package.json', 'utf8'))
const key = await openSigningKey(flags['signing-key'])
await mkdir(flags.out, { recursive: true })
await writeFile(join(flags.out, 'signing-key.pem'), key.publicPem)
for (const platform of wanted) await buildBundle(platform)

async function buildBundle(platform) {
  const folder = join(flags.out, platform)
  await mkdir(folder, { recursive: true })
  const runtime = await runtimeFiles(platform, flags.node)
  const app = await appFiles(platform, version)
  const layers = [
    await makeLayer({ name: 'runtime', files: runtime.files, folder }),
    await makeLayer({ name: 'app', files: app, folder }),
  ]
  const unpackedBytes = layers
    .flatMap(({ files }) => files)
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const packedBytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const manifest = {
    format: 'prisma-enforcer-bundle/v1',
    version,
    platform,
    node: runtime.version,
    layers,
    requirements: {
      ...neededLibraries([...runtime.files, ...app]),
      // Node's own floor, and the oldest systemd that knows every setting the unit cannot do without.
      kernel: '4.18',
      systemd: '232',
      diskBytes: unpackedBytes + packedBytes,
    },
  }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  await writeFile(join(folder, 'manifest.json'), text)
  await writeFile(join(folder, 'manifest.json.sig'), `${key.sign(Buffer.from(text)).toString('base64')}\n`)
  for (const { name, file, sizeBytes } of layers)
    process.stdout.write(
      `${platform} ${name.padEnd(7)} ${(sizeBytes / 1e6).toFixed(1)} MB ${join(folder, file)}\n`,
    )
}
