#!/usr/bin/env node
// CommonJS on purpose (see bin/package.json): Node's ES module loader alone costs a third of its start.
const [only, ...others] = process.argv.slice(2)
if (only === '--version' && others.length === 0) {
  const { version } = require('../package.json')
  process.stdout.write(`apoctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  require('../dist/launch.cjs')
}
