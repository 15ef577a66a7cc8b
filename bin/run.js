#!/usr/bin/env node
// CommonJS on purpose (see bin/package.json): Node's ES module loader alone costs a third of its start.
const [only, ...others] = process.argv.slice(2)
if (only !== '--version' || others.length > 0 || !printedVersion()) require('../dist/launch.cjs')

/** Without process.stdout, which costs a tenth of Node's start; false when only a stream can do it. */
function printedVersion() {
  const { version } = require('../package.json')
  const text = `apoctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`
  try {
    return require('node:fs').writeSync(1, text) === text.length
  } catch {
    return false
  }
}
