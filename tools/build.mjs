// Builds dist/: one CommonJS bundle of apoctl's own code, the launcher that loads it through V8's code
// cache, the help pages, and oclif.manifest.json. `--check` fails when the committed manifest is stale.
import { rm, writeFile } from 'node:fs/promises'
import { openSigningKey } from './build-enforcer/signing-key.mjs'
import { bundleProgram } from './build/bundle.mjs'
import { commandIndex } from './build/command-index.mjs'
import { renderHelpPages } from './build/help-pages.mjs'
import { writeManifest } from './build/manifest.mjs'

const check = process.argv.includes('--check')
await rm('dist', { recursive: true, force: true })
const index = await commandIndex()
await bundleProgram(index)
const config = await writeManifest(index, { check })
await renderHelpPages(config)

// The key whose enforcer bundles this build of apoctl will install.
const { publicPem } = await openSigningKey(process.env.APOCTL_SIGNING_KEY)
await writeFile('dist/enforcer-signing-key.pem', publicPem)
