import { describe, expect, it } from 'vitest'
import {
  parseAnyCredentialFile,
  parseAppCredentialFile,
  printAppCredentialFile,
} from '../../src/contract/app-credential-file.ts'
import { audienceCovers, audienceWithin, parseAudience } from '../../src/contract/audience.ts'
import { parseCidr } from '../../src/contract/cidr.ts'
import { enforcer } from '../../src/contract/entities/enforcer.ts'
import { formatGoDuration, parseGoDuration } from '../../src/contract/go-duration.ts'
import {
  childNamespace,
  isWithinNamespace,
  namespacesAbove,
  parentNamespace,
  parseNamespaceName,
} from '../../src/contract/namespace-name.ts'
import { parsePortRange } from '../../src/contract/ports.ts'
import { normalizedTags } from '../../src/contract/tags/normalized-tags.ts'
import { matchesTagExpression, parseTagExpression } from '../../src/contract/tags/tag-expression.ts'
import { parseTag } from '../../src/contract/tags/tag.ts'
import { attributeOfWireError, parseWireErrors } from '../../src/contract/wire-error.ts'

describe('Go durations', () => {
  it.each([
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['-1h', -3_600_000],
    ['1.5s', 1500],
    ['.5s', 500],
    ['100ms', 100],
    ['1us', 0.001],
    ['1µs', 0.001],
    ['0', 0],
    ['+5m', 300_000],
    ['1m1m', 120_000],
  ])('reads %s', (text, ms) => {
    const read = parseGoDuration(text)
    expect(read.ok && read.value).toBeCloseTo(ms, 9)
  })

  it.each(['', '-', '5', '1d', 'h', '1 h', '1h ', 'abc', '1h-2m', '9999999h', '..5s', '1e3s'])(
    'refuses %j',
    (text) => {
      expect(parseGoDuration(text).ok).toBe(false)
    },
  )

  it.each([
    [86_400_000, '24h0m0s'],
    [90_000, '1m30s'],
    [1500, '1.5s'],
    [100, '100ms'],
    [0, '0s'],
    [-60_000, '-1m0s'],
  ])('writes %i', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text)
  })
})

describe('namespace names', () => {
  it.each(['/', '/a', '/a/b-c/d_1'])('takes %s', (name) => expect(parseNamespaceName(name).ok).toBe(true))
  it.each(['', 'a', '/a/', '//', '/a//b', '/a b', '/a/../b', '/a\n', '/é'])('refuses %j', (name) => {
    expect(parseNamespaceName(name).ok).toBe(false)
  })
  it('knows what lies where', () => {
    expect(isWithinNamespace('/a/b', '/a')).toBe(true)
    expect(isWithinNamespace('/a', '/a')).toBe(true)
    expect(isWithinNamespace('/ab', '/a')).toBe(false)
    expect(isWithinNamespace('/a', '/')).toBe(true)
    expect(parentNamespace('/a/b')).toBe('/a')
    expect(parentNamespace('/a')).toBe('/')
    expect(parentNamespace('/')).toBe('')
    expect(childNamespace('/', 'a')).toBe('/a')
    expect(childNamespace('/a', 'b')).toBe('/a/b')
    expect(namespacesAbove('/a/b/c')).toEqual(['/a/b', '/a', '/'])
  })
})

describe('tags', () => {
  it('keeps further equal signs in the value', () => {
    expect(parseTag('a=b=c')).toEqual({ ok: true, value: { key: 'a', value: 'b=c' } })
  })
  it.each(['a', '=b', 'a b=c', 'a='])('refuses %j', (text) => expect(parseTag(text).ok).toBe(false))

  it('matches an expression of tags: any line, all of its tags', () => {
    const read = parseTagExpression([['a=b', 'c=d'], ['e=f']])
    const expression = read.ok ? read.value : []
    expect(matchesTagExpression(expression, new Set(['a=b']))).toBe(false)
    expect(matchesTagExpression(expression, new Set(['a=b', 'c=d']))).toBe(true)
    expect(matchesTagExpression(expression, new Set(['e=f', 'x=y']))).toBe(true)
    expect(matchesTagExpression([], new Set(['e=f']))).toBe(false)
  })
  it.each([['a=b'], [[]], [[1]], [['ab']]])('refuses the expression %j', (value) => {
    expect(parseTagExpression([value]).ok).toBe(false)
  })

  it('gathers all tags of an object, sorted', () => {
    const object = {
      name: 'web',
      ID: '1',
      namespace: '/a',
      associatedTags: ['z=1', 'a=1'],
      metadata: ['@os=linux'],
    }
    expect(normalizedTags(enforcer, object)).toEqual([
      '$id=1',
      '$identity=enforcer',
      '$name=web',
      '$namespace=/a',
      '@os=linux',
      'a=1',
      'z=1',
    ])
  })
})

describe('ports and networks', () => {
  it.each([
    ['443', { from: 443, to: 443 }],
    ['1:65535', { from: 1, to: 65_535 }],
  ])('reads %s', (text, range) => expect(parsePortRange(text)).toEqual({ ok: true, value: range }))
  it.each(['', 'http', '65536', '5:5', '6:5', '1:2:3', '-1'])('refuses port %j', (text) => {
    expect(parsePortRange(text).ok).toBe(false)
  })
  it.each(['10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::1/128'])('reads network %s', (text) => {
    expect(parseCidr(text).ok).toBe(true)
  })
  it.each([
    '10.0.0.1',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0/8',
    'x/8',
    '10.0.0.0/8/8',
    'fe80::1%eth0/64',
    '1.1.1.1/',
  ])('refuses network %j', (text) => expect(parseCidr(text).ok).toBe(false))
})

describe('audiences', () => {
  const read = (text: string): Parameters<typeof audienceCovers>[0] => {
    const audience = parseAudience(text)
    if (!audience.ok) throw new Error(audience.problem)
    return audience.value
  }
  const create = { operation: 'create', names: ['enforcer', 'enforcers'], namespace: '/a/b' } as const

  it.each([
    ['aud:*:*:/a', true],
    ['aud:*:*:*', true],
    ['aud:create:enforcers:/a/b', true],
    ['aud:create:enforcer:/a/b', true],
    ['aud:delete:enforcers:/a', false],
    ['aud:*:namespaces:/a', false],
    ['aud:*:*:/ab', false],
    ['aud:delete:*:/a;aud:create:*:/a', true],
  ])('%s covers a creation in /a/b: %s', (text, covered) => {
    expect(audienceCovers(read(text), create)).toBe(covered)
  })

  it('may only get narrower', () => {
    expect(audienceWithin(read('aud:create:enforcers:/a/b'), read('aud:*:*:/a'))).toBe(true)
    expect(audienceWithin(read('aud:*:*:*'), read('aud:*:*:/a'))).toBe(false)
    expect(audienceWithin(read('aud:*:*:/a'), read('aud:create:*:/a'))).toBe(false)
  })
})

describe('app credential files', () => {
  const pem = (label: string): string => `-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----\n`
  const credential = {
    apiUrl: 'https://console.example:4443',
    id: '1',
    name: 'a',
    namespace: '/a',
    certificate: pem('CERTIFICATE'),
    certificateKey: pem('EC PRIVATE KEY'),
    certificateAuthority: pem('CERTIFICATE') + pem('CERTIFICATE'),
  }
  const file = JSON.parse(printAppCredentialFile(credential)) as Record<string, unknown>
  const problemOf = (text: string): string => {
    const read = parseAppCredentialFile(text)
    return read.ok ? 'none' : read.problem
  }

  it('come back as they went', () => {
    expect(parseAppCredentialFile(printAppCredentialFile(credential))).toEqual({
      ok: true,
      value: credential,
    })
    expect(Object.keys(file)).toEqual([
      'APIURL',
      'ID',
      'name',
      'namespace',
      'certificate',
      'certificateKey',
      'certificateAuthority',
    ])
  })

  it('may name an entry of the keyring in place of their key, which only some can do with', () => {
    const { certificateKey, ...rest } = credential
    const kept = { ...rest, keyringAccount: 'me-1' }
    const text = printAppCredentialFile(kept)
    expect(text).not.toContain(Buffer.from(certificateKey).toString('base64'))
    expect(parseAnyCredentialFile(text)).toEqual({ ok: true, value: kept })
    expect(problemOf(text)).toContain('its private key is in the keyring of whoever made it')
  })

  it.each([
    [
      JSON.stringify({ ...file, keyringAccount: 'me-1' }),
      "'keyringAccount' and 'certificateKey' are both there",
    ],
    [
      JSON.stringify({ ...file, certificateKey: undefined, keyringAccount: '../x' }),
      "'keyringAccount' is not",
    ],
    [JSON.stringify({ ...file, certificateKey: undefined, keyringAccount: 5 }), "'keyringAccount' is not"],
    ['not json', 'it is not a JSON object'],
    ['[]', 'it is not a JSON object'],
    ['{}', "'APIURL' is missing or empty"],
    [JSON.stringify({ ...file, ID: 5 }), "'ID' is missing or empty"],
    [JSON.stringify({ ...file, APIURL: 'http://x' }), "'APIURL' is 'http://x', not an https:// address"],
    [JSON.stringify({ ...file, namespace: 'a' }), "'namespace': 'a' is not a namespace"],
    [
      JSON.stringify({ ...file, certificate: pem('CERTIFICATE') }),
      "'certificate' is not the base64 of a PEM certificate",
    ],
    [
      JSON.stringify({ ...file, certificateKey: file['certificate'] }),
      "'certificateKey' is not the base64 of a PEM private key",
    ],
  ])('say what is wrong with %s', (text, expected) => {
    expect(problemOf(text)).toContain(expected)
  })

  it('never quote the key', () => {
    const secret = 'c2VjcmV0LXNlY3JldA=='
    expect(problemOf(JSON.stringify({ ...file, certificateKey: secret }))).not.toContain(secret)
  })
})

describe('wire errors', () => {
  it('reads the array of a Console', () => {
    const body = [
      { code: 422, title: 'Validation Error', description: 'd', subject: 's', data: { attribute: 'name' } },
    ]
    const errors = parseWireErrors(body)
    expect(errors).toEqual(body)
    expect(errors?.map(attributeOfWireError)).toEqual(['name'])
  })
  it.each([[[]], [{}], ['x'], [[1]], [[{ code: '1', title: 'x' }]], [null]])(
    'takes %j for no Console',
    (body) => {
      expect(parseWireErrors(body)).toBeUndefined()
    },
  )
})
