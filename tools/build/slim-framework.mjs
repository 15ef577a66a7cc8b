import { dirname } from 'node:path'

/**
 * What @oclif/core's Command and parser pull in but never call the way apoctl runs them: the plugin
 * and configuration loader, the help renderer (pages are rendered at build time, by the real one),
 * spinners, the debug logger. Left out of the bundle, they no longer cost parse time at every start.
 * A call into one of them throws, so that a use that slips in is seen by the first test.
 */
const leftOut = [
  /\/config$/,
  /\/help$/,
  /\/help\/index$/,
  /\/handle$/,
  /action\/spinner$/,
  /action\/simple$/,
  /colorize-json$/,
  /^ansis$/,
]

const absent = `
  const refuse = (name) => () => { throw new Error('left out of the bundle: ' + name) }
  module.exports = new Proxy({ __esModule: true, default: class { constructor() { this.absent = true } } }, {
    get: (target, name) => name in target ? target[name] : refuse(String(name)),
  })`
const silent = `module.exports = () => Object.assign(() => {}, { enabled: false, extend: () => module.exports() }); module.exports.default = module.exports`
/** Colour is the window's business; the framework looking for it costs loading node:tty and node:net. */
const colourless = `module.exports = { stdout: false, stderr: false }`

export function slimFramework() {
  return {
    name: 'slim-framework',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (request) => {
        if (!dirname(request.importer).includes('@oclif/core')) return undefined
        if (request.path === 'debug') return { path: 'debug', namespace: 'silent' }
        if (request.path === 'supports-color') return { path: 'supports-color', namespace: 'colourless' }
        if (leftOut.some((pattern) => pattern.test(request.path)))
          return { path: request.path, namespace: 'absent' }
        return undefined
      })
      build.onResolve({ filter: /^@oclif\/core$/ }, () => ({
        path: 'framework',
        namespace: 'framework',
        sideEffects: false,
      }))
      build.onLoad({ filter: /.*/, namespace: 'framework' }, () => ({
        contents: `export { Command } from '@oclif/core/command'
          export * as Flags from '@oclif/core/flags'
          export * as Args from '@oclif/core/args'`,
        resolveDir: process.cwd(),
      }))
      build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: absent, loader: 'js' }))
      build.onLoad({ filter: /.*/, namespace: 'colourless' }, () => ({ contents: colourless, loader: 'js' }))
      build.onLoad({ filter: /.*/, namespace: 'silent' }, () => ({ contents: silent, loader: 'js' }))
    },
  }
}
