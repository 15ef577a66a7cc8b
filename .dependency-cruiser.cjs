// The floors of the house, as rules that run. Imports only go down; rooms on one floor do not see
// each other; each heavy package has one owner. See ARCHITECTURE.md.

/** Floors of the tool, top first. Rooms that share a line share a floor. */
const floors = [
  ['commands'],
  ['lib/cli'],
  ['lib/output'],
  ['lib/install'],
  ['lib/preflight', 'lib/ping', 'lib/queries', 'lib/credentials', 'lib/bundles', 'lib/lab', 'lib/status'],
  ['lib/fleet'],
  ['lib/platforms'],
  ['lib/transports', 'lib/api', 'lib/cloud-metadata', 'lib/keyring'],
  ['lib/progress', 'lib/async', 'lib/secrets', 'lib/errors'],
  ['contract'],
]
/** The ground floor rooms lean on each other where one is the other's vocabulary. */
const neighbours = [
  ['lib/async', 'lib/errors'],
  ['lib/progress', 'lib/secrets'],
  ['lib/errors', 'lib/secrets'],
]
const inRoom = (room) => `^src/${room}/`
const may = (from, to) => neighbours.some(([a, b]) => a === from && b === to)

const noWayUp = floors.flatMap((floor, level) =>
  floor.map((room) => {
    const above = floors.slice(0, level).flat()
    const beside = floor.filter((other) => other !== room && !may(room, other))
    return {
      name: `floor-${room.replace('/', '-')}`,
      comment: 'Imports only go down, and rooms on one floor do not see each other.',
      severity: 'error',
      from: { path: inRoom(room) },
      to: { path: [...above, ...beside].map(inRoom).concat(above.length + beside.length ? [] : ['^$']) },
    }
  }),
)

/** Heavy or world-touching packages, and the only place that may know each. */
const owners = {
  ssh2: '^src/lib/transports/ssh/',
  undici: '^src/lib/api/',
  'chalk|cli-table3|diff|ora|inquirer|jq-wasm': '^src/lib/output/',
  '@msgpack/msgpack': '^src/console/wire/',
  '@napi-rs/keyring': '^src/lib/keyring/',
  ws: '^src/(console/events|lib/api/events)/',
  tar: '^src/lib/(bundles|install)/',
  '@oclif/core': '^src/(commands|lib/cli)/',
  'libsql|re2js': '^src/console/',
  koffi: '^src/enforcer/',
  'aws4|croner|openid-client|otpauth|uqr': '^src/console/auth/',
  '@peculiar/x509': '^src/(console/auth|lib/secrets)/',
}

const oneOwner = Object.entries(owners).map(([packages, owner]) => ({
  name: `owner-of-${packages.replace(/[^a-z0-9]+/gi, '-')}`,
  comment: 'One room knows each heavy package; everyone else asks that room.',
  severity: 'error',
  from: { path: '^src/', pathNot: owner },
  to: { path: `node_modules/(${packages})/` },
}))

const saysNothing = '/(utils|util|helpers|helper|common|shared|core|manager|misc)(/|[.]ts$)'

module.exports = {
  forbidden: [
    ...noWayUp,
    ...oneOwner,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'commands-act-through-rooms',
      comment: 'A command parses, acts, presents: it never opens a socket or a shell itself.',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/lib/(api|transports|cloud-metadata|keyring|platforms)/' },
    },
    {
      name: 'output-sees-only-types',
      comment: 'The window renders values; it may know their shapes, not make them.',
      severity: 'error',
      from: { path: '^src/lib/output/' },
      to: {
        path: '^src/lib/(install|preflight|ping|queries|credentials|bundles|lab|status|fleet|platforms|transports|api|keyring)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'console-stands-alone',
      severity: 'error',
      from: { path: '^src/console/' },
      to: { path: '^src/(enforcer|commands|lib/(?!async|secrets|errors))' },
    },
    {
      name: 'enforcer-stands-alone',
      severity: 'error',
      from: { path: '^src/enforcer/' },
      to: { path: '^src/(console|commands|lib/(?!async|secrets|errors|api))' },
    },
    {
      name: 'wings-are-started-by-one-command',
      severity: 'error',
      from: {
        path: '^src/(commands|lib|contract)/',
        pathNot: '^src/commands/(console/serve|enforcer/run)\\.ts$',
      },
      to: { path: '^src/(console|enforcer)/' },
    },
    {
      name: 'no-dev-packages-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', '^src/commands/'] },
      to: {},
    },
    {
      name: 'no-rooms-that-say-nothing',
      severity: 'error',
      from: { path: saysNothing },
      to: {},
    },
    {
      name: 'no-use-of-rooms-that-say-nothing',
      comment: 'The same for files that import nothing themselves.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: saysNothing, pathNot: 'node_modules' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
