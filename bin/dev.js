#!/usr/bin/env node
// Runs from the sources, without a build: node bin/dev.js preflight linux
const { spawnSync } = require('node:child_process')
const { pathToFileURL } = require('node:url')
const args = [
  '--import',
  pathToFileURL(require.resolve('tsx')).href,
  require.resolve('../tools/dev-entry.mjs'),
]
const { status } = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1
