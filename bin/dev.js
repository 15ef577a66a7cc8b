#!/usr/bin/env node
// Runs from the sources, without a build: node bin/dev.js preflight linux
require('tsx/cjs')
void import('../tools/dev-entry.mjs')
