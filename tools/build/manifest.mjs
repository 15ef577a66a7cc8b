import { readFile, writeFile } from 'node:fs/promises'
import { Config, Plugin } from '@oclif/core'

/** Writes oclif.manifest.json from the command classes; with `check`, fails when it would change. */
export async function writeManifest(index, { check }) {
  const root = process.cwd()
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  const commands = Object.fromEntries(
    Object.entries(plugin.manifest.commands).map(([id, command]) => [id, tidy(command)]),
  )
  const text = `${JSON.stringify({ commands, version: plugin.version }, null, 2)}\n`
  const before = await readFile('oclif.manifest.json', 'utf8').catch(() => '')
  if (check && before !== text) {
    process.stderr.write('oclif.manifest.json is stale: run npm run build and commit it\n')
    process.exitCode = 1
  }
  if (!check) await writeFile('oclif.manifest.json', text)
  if (Object.keys(commands).length !== index.length) throw new Error('a command is missing from the manifest')
  return Config.load({ root, plugins: [plugin], pjson: plugin.pjson })
}

/** Machine paths and load details have no place in a committed file. */
function tidy({ pluginAlias, pluginName, pluginType, relativePath, isESM, ...command }) {
  return command
}
