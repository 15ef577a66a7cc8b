import type { ConformanceGroup } from '../run/case.ts'
import { named } from '../run/match.ts'
import { check, enforcer, get, head, post, remove } from '../run/steps.ts'

const tagged = (name: string, tag: string): Record<string, unknown> => ({ name, associatedTags: [tag] })
const network = (name: string, tag: string) => ({ ...tagged(name, tag), entries: ['192.0.2.0/24'] })
const unit = (name: string, tag: string) => ({ ...tagged(name, tag), type: 'Docker' })
const rule = (tag: string) => ({ object: [[tag]], protocolPorts: ['tcp/443'] })

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'what is below a mapping of enforcer profiles',
    given: [
      post('/enforcers', enforcer('one', { associatedTags: ['rack=1'] }), 200, { keep: 'one' }),
      post('/enforcers', enforcer('two', { associatedTags: ['rack=2'] })),
      post('/enforcerprofiles', tagged('quiet', 'kind=quiet')),
      post('/enforcerprofiles', tagged('loud', 'kind=loud')),
      post(
        '/enforcerprofilemappingpolicies',
        { name: 'm', subject: [['rack=1']], object: [['kind=quiet']] },
        200,
        { keep: 'mapping' },
      ),
    ],
    cases: [
      check(
        '§3.1',
        'its enforcers',
        get('/enforcerprofilemappingpolicies/{mapping.ID}/enforcers', { status: 200, body: named('one') }),
      ),
      check(
        '§3.4',
        'its profiles',
        get('/enforcerprofilemappingpolicies/{mapping.ID}/enforcerprofiles', {
          status: 200,
          body: named('quiet'),
        }),
      ),
      check(
        '§3.4',
        'the profile of an enforcer',
        get('/enforcers/{one.ID}/enforcerprofiles', { status: 200, body: named('quiet') }),
      ),
    ],
  },
  {
    title: 'what is below a rule set',
    given: [
      post('/processingunits', unit('web', 'app=web')),
      post('/processingunits', unit('db', 'app=db')),
      post('/externalnetworks', network('office', 'net=office')),
      post('/externalnetworks', network('home', 'net=home')),
      post(
        '/networkrulesetpolicies',
        {
          name: 'rules',
          subject: [['app=web']],
          incomingRules: [rule('net=office')],
          outgoingRules: [rule('app=db')],
        },
        200,
        { keep: 'rules' },
      ),
    ],
    cases: [
      check(
        '§3.5',
        'the processing units it governs',
        get('/networkrulesetpolicies/{rules.ID}/processingunits?mode=subject', {
          status: 200,
          body: named('web'),
        }),
      ),
      check(
        '§3.5',
        'the processing units its rules name, which is what is asked for by default',
        get('/networkrulesetpolicies/{rules.ID}/processingunits', { status: 200, body: named('db') }),
      ),
      check(
        '§3.5',
        'counted',
        head('/networkrulesetpolicies/{rules.ID}/processingunits?mode=subject', {
          status: 204,
          headers: { 'x-count-total': '1' },
        }),
      ),
      check(
        '§6.1',
        'the external networks its rules name',
        get('/networkrulesetpolicies/{rules.ID}/externalnetworks', { status: 200, body: named('office') }),
      ),
    ],
  },
  {
    title: 'what was deleted',
    given: [
      post('/externalnetworks', network('gone', 'a=b'), 200, { keep: 'gone' }),
      post('/externalnetworks', network('there', 'a=b')),
      remove('/externalnetworks/{gone.ID}', { status: [200, 204] }),
    ],
    cases: [
      check('§6.1', 'is not listed', get('/externalnetworks', { status: 200, body: named('there') })),
      check(
        '§6.1',
        'is listed together with what is there when the archive is asked for',
        get('/externalnetworks?archived=true&order=name', { status: 200, body: named('gone', 'there') }),
      ),
      check('§6.1', 'is not found by its ID', get('/externalnetworks/{gone.ID}', 404)),
      check(
        '§6.1',
        'is found by its ID when the archive is asked for',
        get('/externalnetworks/{gone.ID}?archived=true', { status: 200, body: { name: 'gone' } }),
      ),
    ],
  },
]
