import { describe, expect, it } from 'vitest'
import { withoutKeys } from '../../../src/enforcer/config/configuration-file.ts'
import { readEnforcerConfiguration } from '../../../src/enforcer/config/enforcer-configuration.ts'
import { splitOptions } from '../../../src/enforcer/config/split-options.ts'

const file = '/var/lib/prisma-enforcer/prisma-enforcer.conf'
const minimal = 'ENFORCERD_API=https://c:4443\nENFORCERD_NAMESPACE=/acme/prod\n'
const read = (more = '') => readEnforcerConfiguration(minimal + more, file)

describe('prisma-enforcer.conf', () => {
  it('needs no more than the Console and the namespace', () => {
    expect(read()).toMatchObject({
      api: 'https://c:4443',
      namespace: '/acme/prod',
      token: undefined,
      credentialPath: '/var/lib/prisma-enforcer/default.creds',
      stateFolder: '/var/lib/prisma-enforcer/state',
      hostMode: true,
      skipVerify: false,
      tags: [],
      log: { level: 'info', format: 'human' },
      pokeIntervalMs: 30_000,
    })
  })

  it('takes what installations write, comments and keys of other programs included', () => {
    const configuration = read(`
# written by apoctl
CNS_AGENT_TUF_REPO=https://repo
ENFORCERD_PERSIST_CREDENTIALS=true
ENFORCERD_TOKEN='a b "c"'
ENFORCERD_LOG_LEVEL=debug
ENFORCERD_OPTS="--tag 'color=dark blue' --tag size=big --log-format=json --poke-interval 5s --enable-ipv6"
`)
    expect(configuration.token?.reveal()).toBe('a b "c"')
    expect(configuration.tags).toEqual(['color=dark blue', 'size=big'])
    expect(configuration.log).toEqual({ level: 'debug', format: 'json' })
    expect(configuration.pokeIntervalMs).toBe(5000)
    expect(configuration.ignoredOptions).toEqual(['enable-ipv6'])
  })

  it('lets a flag win over the key it stands for', () => {
    expect(read('ENFORCERD_LOG_LEVEL=debug\nENFORCERD_OPTS=--log-level=error\n').log.level).toBe('error')
  })

  it.each([
    ['ENFORCERD_API\n', `${file}:3 is no KEY=VALUE line`],
    ["ENFORCERD_LOG_LEVEL='debug\n", `${file}:3 has a quote that is not closed`],
    ['ENFORCERD_LOG_LEVEL=loud\n', `${file}:3 ENFORCERD_LOG_LEVEL: 'loud' is none of`],
    ['ENFORCERD_NAMESPACE=acme\n', `${file}:3 ENFORCERD_NAMESPACE: 'acme' is not a namespace`],
    ['ENFORCERD_API_SKIP_VERIFY=maybe\n', `'maybe' is neither true nor false`],
    ['ENFORCERD_POKE_INTERVAL=0\n', 'it must be longer than nothing'],
    ['ENFORCERD_OPTS=--tag $id=1\n', `--tag '$id=1' is not of the form key=value`],
    ["ENFORCERD_OPTS=--tag 'a=b\n", 'it has a quote that is not closed'],
    ['ENFORCERD_OPTS=stray\n', `'stray' is no flag`],
    ['ENFORCERD_API=\n', `does not set ENFORCERD_API`],
  ])('refuses %j and says where', (line, complaint) => {
    expect(() => read(line)).toThrow(complaint)
  })

  it('never quotes the token in a complaint', () => {
    expect(() => read("ENFORCERD_TOKEN='planted\n")).toThrow(/^(?!.*planted)/)
  })

  it('loses only the token when the token is taken out', () => {
    const text = `${minimal}\n# ENFORCERD_TOKEN=no\n  ENFORCERD_TOKEN=yes\nX=ENFORCERD_TOKEN=kept\n`
    expect(withoutKeys(text, ['ENFORCERD_TOKEN'])).toBe(
      `${minimal}\n# ENFORCERD_TOKEN=no\nX=ENFORCERD_TOKEN=kept\n`,
    )
  })
})

describe('splitOptions', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['--a', [['a', undefined]]],
    ['--a b --c=d', [['a', 'b'], ['c', 'd']]], // prettier-ignore
    ['--a --b', [['a', undefined], ['b', undefined]]], // prettier-ignore
    [`--tag 'it'\\''s=here'`, [['tag', "it's=here"]]],
    [`--tag="a \\"b\\" c"`, [['tag', 'a "b" c']]],
    ['--tag=a\\ b', [['tag', 'a b']]],
    ['--tag=', [['tag', '']]],
  ] as const)('reads %j', (text, flags) => {
    expect(splitOptions(text)).toEqual({ ok: true, value: flags.map(([name, value]) => ({ name, value })) })
  })
})
