// What bin/dev.js runs: the same main, commands straight from their sources, help from the last build.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { commandIndex } from './build/command-index.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..')
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const load = (path) => import(pathToFileURL(join(folder, 'src', path)).href)
const index = await commandIndex(folder)
const commands = Object.fromEntries(index.map(({ words, source }) => [words, () => load(source)]))
const { main } = await load('lib/cli/main.ts')
const { helpFrom } = await load('lib/cli/help-pages.ts')
await main(process.argv.slice(2), { commands, version, folder, help: helpFrom(join(folder, 'dist')) })
