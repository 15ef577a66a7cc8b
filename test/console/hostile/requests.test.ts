import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawRequest } from '../../helpers/console.ts'
import { besiege, type Besieged } from './besieged.ts'

let besieged: Besieged
beforeAll(async () => {
  besieged = await besiege({ bodyLimitBytes: 100_000 })
})
afterAll(() => besieged.close())

type Row = readonly [what: string, asked: RawRequest | (() => RawRequest), status: number | readonly number[]]

const post = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  path: '/enforcers',
  body,
  headers,
})
const list = (query: string): RawRequest => ({ path: `/enforcers?${query}` })
const q = (filter: string): RawRequest => list(`q=${encodeURIComponent(filter)}`)
const enforcer = (more: string): string => `{"name":"n","FQDN":"f",${more}}`

const logIn = (body: unknown): RawRequest => ({ method: 'POST', path: '/issue', token: undefined, body })
const vince = (vinceAccount: string): object => ({
  realm: 'Vince',
  metadata: { vinceAccount, vincePassword: 'x' },
})
/** A token for the one the attacker has. */
const again = (more: object): RawRequest =>
  logIn({ realm: 'AporetoIdentityToken', metadata: { token: besieged.attacker.token }, ...more })

const rows: Readonly<Record<string, readonly Row[]>> = {
  bodies: [
    ['nothing', post(undefined), 400],
    ['an empty text', post(''), 400],
    ['white space', post('  \n '), 400],
    ['cut off in a text', post('{"name":"x'), 400],
    ['cut off after a comma', post('{"name":"x",'), 400],
    ['two documents', post('{"name":"x"}{"name":"y"}'), 400],
    ['a byte order mark', post(Buffer.from('\uFEFF{"name":"x","FQDN":"f"}')), [200, 400]],
    ['UTF-16', post(Buffer.from('{"name":"x"}', 'utf16le')), 400],
    ['an overlong encoding', post(Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])), 400],
    ['a lone surrogate', post(String.raw`{"name":"\ud800","FQDN":"f"}`), 400],
    ['a NUL inside', post(String.raw`{"name":"a\u0000b","FQDN":"f"}`), [200, 400, 422]],
    ['JavaScript', post('{name: "x"}'), 400],
    ['a comment', post('{"name":"x"/* */}'), 400],
    ['NaN', post(enforcer('"protected":NaN')), 400],
    ['a number instead of a text', post('{"name":5,"FQDN":"f"}'), 400],
    ['an object instead of a text', post('{"name":{"$ne":""},"FQDN":"f"}'), 400],
    ['a text instead of a list', post(enforcer('"associatedTags":"a=b"')), 400],
    ['numbers in a list of texts', post(enforcer('"associatedTags":[1]')), 400],
    ['a list instead of a map', post(enforcer('"annotations":[]')), 400],
    ['texts instead of lists in a map', post(enforcer('"annotations":{"a":"b"}')), 400],
    ['a text instead of yes or no', post(enforcer('"protected":"true"')), 400],
    ['a time that is none', post(enforcer('"startTime":"9999-99-99T99:99:99Z"')), 400],
    ['a time beyond time', post(enforcer('"startTime":"+275760-09-13T00:00:00.001Z"')), 400],
    ['a time with an odd zone', post(enforcer('"startTime":"2026-01-01T00:00:00+99:99"')), 400],
    ['a name too long', post({ name: 'n'.repeat(50_000), FQDN: 'f' }), 422],
    ['a tag too long', post({ name: 'n', FQDN: 'f', associatedTags: [`a=${'b'.repeat(50_000)}`] }), 422],
    [
      'ten thousand tags',
      post({ name: 'n', FQDN: 'f', associatedTags: Array.from({ length: 10_000 }, () => 'a=b') }),
      [200, 422],
    ],
    [
      'a number beyond integers',
      { method: 'POST', path: '/namespaces', body: '{"name":"x","zoning":1e400}' },
      400,
    ],
    ['a fraction', { method: 'POST', path: '/namespaces', body: '{"name":"x","zoning":0.5}' }, 400],
    ['a prototype, escaped', post(String.raw`{"name":"x","\u005f_proto__":{"protected":true}}`), 400],
    ['a prototype in a list', post(enforcer('"annotations":{"a":[],"__proto__":{}}')), 400],
    ['deep in lists', post('['.repeat(90_000)), 400],
    ['deep in objects', post(`${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`), 400],
    ['larger than allowed', post({ name: 'x', description: 'x'.repeat(200_000) }), 413],
    ['a bomb in gzip', post(gzipSync(Buffer.alloc(10_000_000, 0x20)), { 'content-encoding': 'gzip' }), 415],
    ['an unknown encoding', post('{}', { 'content-encoding': 'br, gzip' }), 415],
    ['a form', post('name=x', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    [
      'XML with an entity',
      post('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', {
        'content-type': 'application/xml',
      }),
      415,
    ],
    ['YAML', post('!!js/function >\n  x', { 'content-type': 'application/yaml' }), 415],
    ...msgpackBombs(),
  ],
  addresses: [
    ['a dot segment', { path: '/./enforcers' }, [200, 400, 404]],
    ['up and down again', { path: '/enforcers/../namespaces' }, [200, 400, 404]],
    [
      'up from what anybody may ask',
      { path: '/healthchecks/../enforcers', token: undefined },
      [400, 401, 404],
    ],
    ['up from the gateway', { path: '/_meta/../enforcers', token: undefined }, [400, 401, 404]],
    ['up, encoded', { path: '/_meta/%2e%2e/enforcers', token: undefined }, [400, 401, 404]],
    ['an encoded slash', { path: '/enforcers%2Fx' }, [400, 404]],
    ['files, encoded', { path: '/enforcers/..%2f..%2ftoken-key.pem' }, [400, 404]],
    ['files of the gateway', { path: '/_meta/..%2f..%2ftoken-key.pem' }, [400, 404]],
    ['a backslash', { path: String.raw`/enforcers\..\namespaces` }, [200, 400, 404]],
    ['a NUL', { path: '/enforcers/%00' }, [400, 404]],
    ['a line break', { path: '/enforcers/%0d%0aX-Injected:%201' }, [400, 404]],
    ['half a character', { path: '/enforcers/%E0%80' }, 400],
    ['an overlong slash', { path: '/enforcers/%C0%AF' }, 400],
    ['a lone percent sign', { path: '/enforcers/%' }, 400],
    ['a very long ID', { path: `/enforcers/${'a'.repeat(20_000)}` }, 404],
    ['SQL for an ID', { path: `/enforcers/${encodeURIComponent("' OR '1'='1")}` }, 404],
    ['a parameter in the path', { path: '/enforcers;admin=true' }, 404],
    ['empty segments', { path: '//enforcers//' }, 400],
    ['a constructor', { path: '/constructor/prototype' }, 404],
    ['a version below zero', { path: '/v/-1/enforcers' }, 400],
    ['a version beyond numbers', { path: '/v/999999999999999999999/enforcers' }, 400],
    ['longer than headers may be', { path: `/${'a'.repeat(40_000)}` }, 431],
  ],
  logins: [
    ...['', 'certificate', 'Certificate ', '__proto__', 'constructor', 'toString', 'x'.repeat(50_000)].map(
      (realm): Row => [`the realm ${JSON.stringify(realm).slice(0, 20)}`, logIn({ realm }), 422],
    ),
    ['a realm that is a list', logIn({ realm: ['Certificate'] }), 400],
    ['a realm twice', logIn('{"realm":"Certificate","realm":"Vince"}'), 400],
    ['proof that is a text', logIn({ realm: 'Vince', metadata: 'vinceAccount=x' }), 400],
    ['proof that is a list', logIn({ realm: 'Vince', metadata: ['x'] }), 400],
    ['proof that is objects', logIn({ realm: 'Vince', metadata: { vinceAccount: { $ne: '' } } }), 422],
    ['inherited proof', logIn({ realm: 'AporetoIdentityToken', metadata: { constructor: 'x' } }), 422],
    ['proof with a prototype', logIn('{"realm":"Vince","metadata":{"__proto__":{"token":"x"}}}'), 400],
    ['deep proof', logIn(`{"realm":"Vince","metadata":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`), 400],
    ['a name that is SQL', logIn(vince("' OR 1=1 --")), 401],
    ['a name that is a pattern', logIn(vince('%')), 401],
    ['a very long name', logIn(vince('x'.repeat(50_000))), 401],
    [
      'a very long password',
      logIn({ realm: 'Vince', metadata: { vinceAccount: 'x', vincePassword: 'x'.repeat(90_000) } }),
      401,
    ],
    [
      'a directory inside',
      logIn({ realm: 'LDAP', metadata: { address: '127.0.0.1:22', username: 'x' } }),
      501,
    ],
    [
      'a SAML answer that is a bomb',
      logIn({ realm: 'SAML', metadata: { SAMLResponse: 'x'.repeat(90_000) } }),
      501,
    ],
    ['a token of Google', logIn({ realm: 'Google', data: 'a.b.c' }), 501],
    ['a token of Prisma Cloud', logIn({ realm: 'PCIdentityToken', metadata: { token: 'a.b.c' } }), 501],
    ['a validity beyond time', () => again({ validity: '99999999999999999999h' }), 422],
    ['a validity below zero', () => again({ validity: '-1h' }), 422],
    ['a quota below zero', () => again({ quota: -1 }), 422],
    ['a quota beyond numbers', () => again({ quota: 1e308 }), 400],
    ['a token that fits nowhere', () => again({ opaque: { a: 'x'.repeat(20_000) } }), 422],
    ['a namespace that is a way up', () => again({ restrictedNamespace: '/mine/../other' }), 422],
    ['an audience of nothing', () => again({ audience: 'aud:::' }), 422],
    ['an audience of SQL', () => again({ audience: "aud:*:*:/' OR 1=1" }), [200, 422]],
  ],
  parameters: [
    ['a page below zero', list('page=-1&pagesize=5'), 400],
    ['pages beyond numbers', list('page=999999999999999&pagesize=999999999999999'), 200],
    ['a limit beyond numbers', list('limit=999999999999999'), 200],
    ['a limit beyond digits', list('limit=99999999999999999999999'), 400],
    ['a number in hexadecimal', list('pagesize=0x10'), 400],
    ['a number with an exponent', list('pagesize=1e3'), 400],
    ['a cursor that is none', list('limit=1&after=x'), 400],
    ['a cursor with an object', list(`limit=1&after=${base64({ a: 1 })}`), 400],
    ['a cursor with SQL', list(`limit=1&after=${base64(["' OR 1=1 --", 0])}`), [200, 400]],
    ['a cursor beyond numbers', list(`limit=1&after=${base64(['', 1e308])}`), [200, 400]],
    ['an order with SQL', list(`order=${encodeURIComponent('name; DROP TABLE x')}`), 400],
    ['an order that closes a parenthesis', list(`order=${encodeURIComponent("name') --")}`), 400],
    ['an order by nothing there is', list('order=__proto__'), 400],
    ['an order by a method', list('order=toString'), 400],
    [
      'the same parameter a thousand times',
      list(Array.from({ length: 1000 }, () => 'page=1').join('&')),
      400,
    ],
    [
      'a thousand unknown parameters',
      list(Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&')),
      400,
    ],
    ['five hundred filters', list(Array.from({ length: 500 }, () => 'q=name==x').join('&')), 200],
    ['more filters than that', list(Array.from({ length: 501 }, () => 'q=name==x').join('&')), 400],
    ['a prototype', list('__proto__=1'), 400],
    ['brackets of other servers', list('q[$ne]=1'), 400],
  ],
  filters: [
    ["text that ends SQL's text", q(`name == "' OR 1=1 --"`), 200],
    ['a key that ends a path', q(`"$.name') OR 1=1 --" == x`), 400],
    ['a key with SQL', q(`"name' OR 1=1 --" == x`), 400],
    ['a union', q(`name == "x' UNION SELECT * FROM entity_enforcer --"`), 200],
    ['wild cards of SQL', q('name == "%" or name == "_"'), 200],
    ['the end of a statement', q('name == "x; DROP TABLE entity_enforcer"'), 200],
    ['a key of an object', q('__proto__ == x'), 400],
    ['a NUL', q('name == "a\0b"'), 200],
    ['deep in parentheses', q(`${'('.repeat(5000)}name == x${')'.repeat(5000)}`), 400],
    ['an array of arrays', q(`name in ${'['.repeat(3000)}x`), 400],
    ['a long list', q(`name in [${'x,'.repeat(7000)}x]`), 200],
    ['longer than questions of people are', q(`name == "${'x'.repeat(20_000)}"`), 400],
    ['a pattern that explodes', q('name matches "^(a+)+$"'), 200],
    ['another one', q('name matches "(a|aa)+b"'), 200],
    ['a third one', q('name matches "(.*)(.*)(.*)(.*)(.*)(.*)x"'), 200],
    ['a pattern of patterns', q('name matches "(a{1000}){1000}"'), 400],
    ['a pattern that looks back', q(String.raw`name matches "x(a)\1"`), 400],
    ['a pattern that looks ahead', q('name matches "(?=a)a"'), 400],
    ['half a pattern', q('name matches "["'), 400],
    ['the longest time from now', q('createTime > now("2540400h")'), 200],
    ['longer than time', q('createTime > now("99999999999999h")'), 400],
    ['the first year', q('createTime > date("0000-01-01")'), [200, 400]],
  ],
}

/** Objects that say how large they are and are not; nested ones; one that repeats its keys. */
function msgpackBombs(): readonly Row[] {
  const bytes = { 'content-type': 'application/msgpack' }
  const bombs: Readonly<Record<string, Buffer>> = {
    'a list of four thousand million': Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
    'a map of four thousand million': Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0x01]),
    'a text of four thousand million': Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]),
    'lists in lists': Buffer.alloc(90_000, 0x91),
    'an unknown extension': Buffer.from([0xd4, 0x7f, 0x00]),
    'the reserved byte': Buffer.from([0xc1]),
    'a prototype': Buffer.concat([Buffer.from([0x81, 0xa9]), Buffer.from('__proto__'), Buffer.from([0x80])]),
  }
  return Object.entries(bombs).map(([what, body]) => [`msgpack: ${what}`, post(body, bytes), 400])
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

for (const [about, table] of Object.entries(rows)) {
  describe(`hostile ${about}`, () => {
    it.each(table)('%s', async (_what, row, status) => {
      const answer = await besieged.attack(typeof row === 'function' ? row() : row)
      expect(typeof status === 'number' ? [status] : status, answer.bytes.toString('utf8')).toContain(
        answer.status,
      )
      if (answer.status >= 400) {
        expect(answer.body).toEqual(
          expect.arrayContaining([expect.objectContaining({ code: answer.status })]),
        )
      }
    })
  })
}

describe('a field that is there twice', () => {
  it.each([
    ['at the top', '{"name":"first","FQDN":"f","name":"last"}'],
    ['with the same value', '{"name":"same","FQDN":"f","name":"same"}'],
    ['escaped', String.raw`{"name":"first","FQDN":"f","n\u0061me":"last"}`],
    ['inside', enforcer('"annotations":{"a":[],"b":[],"a":["x"]}')],
    ['behind something else', enforcer('"annotations":{"a":["{\\"a\\":1,\\"b"]},"FQDN":"g"')],
    ['behind white space', '{ "name" : "first" , "FQDN" : "f" ,\n"name"\t: "last" }'],
    ['read-only', '{"name":"n","FQDN":"f","ID":"","ID":"mine"}'],
    ['unknown', '{"name":"n","FQDN":"f","x":1,"x":2}'],
    ['that is nothing', '{"name":"n","FQDN":"f","":1,"":2}'],
    ['in a list', '{"name":"n","FQDN":"f","x":[{"a":1},{"a":1,"a":2}]}'],
  ])('%s is refused', async (_what, body) => {
    const answer = await besieged.attack(post(body))
    expect([answer.status, answer.bytes.toString()]).toEqual([
      400,
      expect.stringMatching(/Unable to read the body: it has the field '.*' twice/),
    ])
  })

  it.each([
    ['in objects beside each other', enforcer('"annotations":{"name":["x"]},"x":[{"a":1},{"a":2}]')],
    ['as a name and as a value', enforcer('"description":"FQDN"')],
    ['inside a text', enforcer(String.raw`"description":"\",\"name\":\"x"`)],
    ['in another case', enforcer('"NAME":"x"')],
    ['in a list of texts', enforcer('"associatedTags":["a=b","a=c"]')],
  ])('%s is none', async (_what, body) => {
    const answer = await besieged.attack(post(body))
    expect(answer.status, answer.bytes.toString()).toBe(200)
  })

  it('is found in time in the largest body', async () => {
    const fields = Array.from({ length: 6000 }, (_, index) => `"${index}":[]`).join(',')
    const begun = performance.now()
    expect((await besieged.attack(post(enforcer(`"annotations":{${fields}}`)))).status).toBe(200)
    expect((await besieged.attack(post(enforcer(`"annotations":{${fields},"0":[]}`)))).status).toBe(400)
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('names it, and not all of it', async () => {
    const long = 'x'.repeat(40_000)
    const answer = await besieged.attack(post(`{"${long}":1,"${long}":2}`))
    expect([answer.status, answer.bytes.length < 1000]).toEqual([400, true])
  })
})

it('none of this failed the Console or showed what belongs to others', async () => {
  expect(besieged.damage()).toEqual([])
  expect((await besieged.attack({ path: '/enforcers' })).status).toBe(200)
  expect(({} as Record<string, unknown>)['protected']).toBeUndefined()
})
