import { readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { slimFramework } from './slim-framework.mjs'

const { version, dependencies } = JSON.parse(await readFile('package.json', 'utf8'))

const program = 'dist/apoctl.cjs'

/**
 * Packages that most commands use go into the bundle, each still loaded on first use: from there they are
 * compiled once and cached, where finding and compiling dozens of files costs as much as Node's own start.
 * Native packages and those that only servers or terminals need stay outside.
 */
const inside = new Set(['@oclif/core', 'chalk', 'cli-table3', 'undici', 'yaml'])

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  legalComments: 'none',
  sourcemap: true,
  sourcesContent: false,
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
  loader: { '.sh': 'text', '.service': 'text', '.conf': 'text' },
  define: { APOCTL_VERSION: JSON.stringify(version) },
  external: Object.keys(dependencies).filter((name) => !inside.has(name)),
}

/**
 * One file for everything: each command stays lazy inside it (esbuild wraps a dynamic import into a
 * function that runs on first use), and one file is one code-cache entry and one read.
 */
export async function bundleProgram(index) {
  const table = index.map(
    ({ words, source }) => `${JSON.stringify(words)}: () => import(${JSON.stringify(source)}),`,
  )
  const entry = `
    import { join } from 'node:path'
    import { main } from './lib/cli/main.ts'
    import { helpFrom } from './lib/cli/help-pages.ts'
    const commands = {${table.join('\n')}}
    void main(process.argv.slice(2), { commands, version: APOCTL_VERSION, folder: join(__dirname, '..'), help: helpFrom(__dirname) })
  `
  await build({
    ...options,
    stdin: { contents: entry, resolveDir: 'src', loader: 'ts', sourcefile: 'entry.ts' },
    plugins: [slimFramework()],
    outfile: program,
    banner: { js: 'const import_=typeof loadModule==="function"?loadModule:(name)=>import(name);' },
  })
  await throughLauncher()
  await build({
    ...options,
    entryPoints: ['src/lib/cli/launch.ts'],
    outfile: 'dist/launch.cjs',
    sourcemap: false,
  })
  // Started as a process of its own, by whoever needs a key from the keyring.
  await build({
    ...options,
    entryPoints: ['src/lib/keyring/keyring-child.ts'],
    outfile: 'dist/keyring-child.cjs',
    sourcemap: false,
  })
  // Copied to jump hosts, and run there by the runtime of the enforcer.
  await build({
    ...options,
    entryPoints: ['src/lib/install/relay/relay-program.ts'],
    outfile: 'dist/relay-program.cjs',
    sourcemap: false,
  })
  await bundleForManifest(index)
}

/** Sends the imports of packages through the launcher; see loadModule there. */
async function throughLauncher() {
  const text = await readFile(program, 'utf8')
  const withoutImports = text.replace(/(?<![\w.$])import\((?=")/g, 'import_(')
  await writeFile(program, withoutImports.replace(/[^\0-\x7f]/g, escaped))
}

/** Plain ASCII is read and compiled faster; esbuild escapes all but regular expressions. */
function escaped(character) {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The same commands, all at once and with the whole framework: what the manifest and help are made from. */
async function bundleForManifest(index) {
  const imports = index.map(({ source }, at) => `import c${at} from ${JSON.stringify(source)}`)
  const table = index.map(({ id }, at) => `${JSON.stringify(id)}: c${at},`)
  await build({
    ...options,
    external: Object.keys(dependencies),
    stdin: {
      contents: `${imports.join('\n')}\nexport const commands = {${table.join('\n')}}`,
      resolveDir: 'src',
      loader: 'ts',
      sourcefile: 'commands.ts',
    },
    outfile: 'build/manifest/commands.cjs',
  })
}
