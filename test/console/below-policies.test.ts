import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  callConsole,
  issueTestToken,
  startTestConsole,
  type RawAnswer,
  type TestConsole,
} from '../helpers/console.ts'

type Json = Record<string, unknown>
let console: TestConsole
let admin: string

const call = (path: string, namespace: string, more: { method?: string; body?: object } = {}) =>
  callConsole(console, { token: admin, path, namespace, ...more })
const make = async (path: string, namespace: string, body: object): Promise<string> => {
  const answer = await call(path, namespace, { method: 'POST', body })
  expect([answer.status, answer.body]).toEqual([200, expect.anything()])
  return String((answer.body as Json)['ID'])
}
const namesOf = ({ body }: RawAnswer): unknown[] => (body as Json[]).map(({ name }) => name).sort()
const tagged = (name: string, ...associatedTags: string[]): Json => ({ name, associatedTags })
const unit = (name: string, ...tags: string[]): Json => ({
  ...tagged(name, ...tags),
  type: 'Host',
  enforcerID: 'e',
})
const network = (name: string, more: object): Json => ({ name, entries: ['10.0.0.0/8'], ...more })
const enforcer = (name: string, ...tags: string[]): Json => ({ ...tagged(name, ...tags), FQDN: name })

beforeAll(async () => {
  console = await startTestConsole()
  admin = await issueTestToken(console, { credential: console.adminCredential })
  for (const [above, name] of [
    ['/', 'a'],
    ['/a', 'b'],
    ['/a', 'c'],
  ] as const)
    await make('/namespaces', above, { name })
})
afterAll(() => console.close())

it('of a rule set are the units it governs and those its rules name, below too when it propagates', async () => {
  await make('/processingunits', '/a/b', unit('web', 'app=web', 'env=prod'))
  await make('/processingunits', '/a/b', unit('web test', 'app=web'))
  await make('/processingunits', '/a/b', unit('db', 'app=db'))
  await make('/processingunits', '/a/c', unit('elsewhere', 'app=web', 'env=prod'))
  const rules = {
    subject: [['app=web', 'env=prod'], ['app=none']],
    incomingRules: [{ object: [['app=db']], protocolPorts: ['tcp/80'] }],
    outgoingRules: [{ object: [['app=web']], protocolPorts: ['tcp/81'] }],
  }
  const here = await make('/networkrulesetpolicies', '/a/b', { name: 'here', ...rules })
  const above = await make('/networkrulesetpolicies', '/a', { name: 'above', propagate: true, ...rules })
  const units = (id: string, namespace: string, mode = '') =>
    call(`/networkrulesetpolicies/${id}/processingunits${mode}`, namespace)
  expect(namesOf(await units(here, '/a/b', '?mode=subject'))).toEqual(['web'])
  expect(namesOf(await units(here, '/a/b', '?mode=object'))).toEqual(['db', 'web', 'web test'])
  expect(namesOf(await units(here, '/a/b'))).toEqual(['db', 'web', 'web test'])
  expect(namesOf(await units(above, '/a', '?mode=subject'))).toEqual(['elsewhere', 'web'])
  const counted = await call(`/networkrulesetpolicies/${here}/processingunits?mode=subject`, '/a/b', {
    method: 'HEAD',
  })
  expect([counted.status, counted.headers['x-count-total']]).toEqual([204, '1'])
  expect((await units(here, '/a/c')).status).toBe(404)
})

it('of a rule set are the external networks its rules name, of its namespace or shared from above', async () => {
  const tags = { associatedTags: ['net=office'] }
  await make('/externalnetworks', '/a', network('shared', { ...tags, propagate: true }))
  await make('/externalnetworks', '/a', network('kept', tags))
  await make('/externalnetworks', '/a/b', network('own', tags))
  await make('/externalnetworks', '/a/b', network('other', {}))
  const id = await make('/networkrulesetpolicies', '/a/b', {
    name: 'net',
    subject: [['app=web']],
    incomingRules: [{ object: [['net=office']], protocolPorts: ['any'] }],
  })
  const found = await call(`/networkrulesetpolicies/${id}/externalnetworks`, '/a/b')
  expect(namesOf(found)).toEqual(['own', 'shared'])
})

it('of a mapping are its enforcers and profiles, and of an enforcer the profile it is given', async () => {
  const first = await make('/enforcers', '/a/b', enforcer('one', 'rack=1'))
  const second = await make('/enforcers', '/a/b', enforcer('two', 'rack=2'))
  for (const kind of ['usual', 'special', 'resort'])
    await make('/enforcerprofiles', '/a', { ...tagged(kind, `kind=${kind}`), propagate: true })
  const mapping = (name: string, more: object): Json => ({
    name,
    propagate: true,
    subject: [['rack=1']],
    object: [[`kind=${name}`]],
    ...more,
  })
  const usual = await make('/enforcerprofilemappingpolicies', '/a', mapping('usual', {}))
  await make('/enforcerprofilemappingpolicies', '/a', mapping('special', { disabled: true }))
  const everybody = { subject: [['$identity=enforcer']], fallback: true }
  await make('/enforcerprofilemappingpolicies', '/a', mapping('resort', everybody))
  const below = async (path: string, namespace = '/a'): Promise<unknown[]> =>
    namesOf(await call(path, namespace))
  expect(await below(`/enforcerprofilemappingpolicies/${usual}/enforcers`)).toEqual(['one'])
  expect(await below(`/enforcerprofilemappingpolicies/${usual}/enforcerprofiles`)).toEqual(['usual'])
  expect(await below(`/enforcers/${first}/enforcerprofiles`)).toEqual(['usual'])
  expect(await below(`/enforcers/${second}/enforcerprofiles`)).toEqual(['resort'])
})
