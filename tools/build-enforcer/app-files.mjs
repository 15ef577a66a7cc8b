import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { fetchPackage } from './fetch-package.mjs'

/** The app layer: one script, the native part of koffi, the unit, the modules-load file, the licences. */
export async function appFiles(platform, version) {
  const { script, packages } = await bundleScript(version)
  const text = async (name) => readFile(join('packaging/enforcer', name))
  return [
    { path: 'app/enforcer.cjs', mode: '0644', content: script },
    { path: 'app/koffi.node', mode: '0755', content: await nativeKoffi(platform) },
    { path: 'app/prisma-enforcer.service', mode: '0644', content: await text('prisma-enforcer.service') },
    {
      path: 'app/prisma-enforcer.modules-load.conf',
      mode: '0644',
      content: await text('prisma-enforcer.modules-load.conf'),
    },
    { path: 'app/THIRD-PARTY.txt', mode: '0644', content: await licences([...packages, 'koffi']) },
  ]
}

async function bundleScript(version) {
  const { outputFiles, metafile } = await build({
    entryPoints: ['packaging/enforcer/entry.mjs'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // As old as the oldest Node that `--node running` may put into the runtime layer.
    target: 'node20',
    minify: true,
    // Names of errors are part of what is logged.
    keepNames: true,
    legalComments: 'none',
    define: { ENFORCER_VERSION: JSON.stringify(version) },
    plugins: [nativeParts],
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const paths = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/'))
  const packages = new Set(paths.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)[1]))
  return { script: Buffer.from(outputFiles[0].contents), packages: [...packages] }
}

/** Native parts do not go into a script: koffi's lies beside it, and the optional ones of ws stay away. */
const nativeParts = {
  name: 'native-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(koffi|bufferutil|utf-8-validate)$/ }, ({ path }) => ({
      path,
      namespace: 'native-part',
    }))
    onLoad({ filter: /.*/, namespace: 'native-part' }, ({ path }) => ({
      contents:
        path === 'koffi'
          ? `module.exports = require(require('node:path').join(__dirname, 'koffi.node'))`
          : `throw new Error('${path} is left out')`,
    }))
  },
}

async function nativeKoffi(platform) {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const name = `@koromix/koffi-${platform}`
  const { version, integrity } = packages[`node_modules/${name}`]
  const file = `${platform.replace('-', '_')}/koffi.node`
  const installed = join('node_modules', name, file)
  if (existsSync(installed)) return readFile(installed)
  const files = await fetchPackage({ name, version, integrity, paths: [`package/${file}`] })
  return files.get(`package/${file}`)
}

async function licences(packages) {
  const texts = []
  for (const name of packages.sort()) {
    const folder = join('node_modules', name)
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).sort().find((each) => /^licen[cs]e/i.test(each))
    if (!file) throw new Error(`${name} has no licence file`)
    texts.push(`${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`)
  }
  return Buffer.from(texts.join(`\n${'-'.repeat(78)}\n\n`))
}
