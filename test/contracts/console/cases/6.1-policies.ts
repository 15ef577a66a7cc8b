import type { ConformanceCase, ConformanceGroup } from '../run/case.ts'
import { absent, empty, named } from '../run/match.ts'
import { check, get, head, patch, post, put, remove } from '../run/steps.ts'

const everyone = [['$identity=processingunit']]
const rule = (more: object = {}): object => ({
  action: 'Allow',
  object: everyone,
  protocolPorts: ['tcp/80'],
  ...more,
})
const policy = (more: object = {}): object => ({
  name: 'p',
  subject: everyone,
  incomingRules: [rule()],
  ...more,
})
const ports = (list: readonly string[], status: number): ConformanceCase =>
  check(
    '§6.1',
    `ports ${list.join(' and ')} are ${status}`,
    post('/networkrulesetpolicies', policy({ incomingRules: [rule({ protocolPorts: list })] }), status),
  )
const refuses = (title: string, more: object): ConformanceCase =>
  check('§6.1', title, post('/networkrulesetpolicies', policy(more), 422))
const entry = (list: readonly string[], status: number): ConformanceCase =>
  check(
    '§6.1',
    `entries ${list.join(' and ')} are ${status}`,
    post('/externalnetworks', { name: 'x', entries: list }, status),
  )

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'network rule sets',
    given: [
      post('/networkrulesetpolicies', policy({ name: 'one', description: 'd' }), 200, { keep: 'one' }),
      post('/namespaces', { name: 'below' }),
    ],
    cases: [
      check(
        '§6.1',
        'come back as they were made',
        get('/networkrulesetpolicies/{one.ID}', {
          status: 200,
          body: {
            name: 'one',
            subject: [['$identity=processingunit']],
            incomingRules: [
              {
                action: 'Allow',
                object: [['$identity=processingunit']],
                protocolPorts: ['tcp/80'],
                observationEnabled: false,
                logsDisabled: false,
                name: absent,
                networks: absent,
              },
            ],
            outgoingRules: empty,
            propagate: false,
            fallback: false,
            disabled: false,
          },
        }),
      ),
      check(
        '§6.1',
        'need a name',
        post(
          '/networkrulesetpolicies',
          { subject: everyone },
          { status: 422, error: { description: "Attribute 'name' is required" } },
        ),
      ),
      refuses('the subject has at least one part', { subject: [] }),
      refuses('no part of the subject is empty', { subject: [[]] }),
      refuses('no part of the subject is there twice', { subject: [['a=b'], ['a=b']] }),
      refuses('no tag of a part is there twice', { subject: [['a=b', 'a=b']] }),
      refuses('the subject is made of tags', { subject: [['nothing']] }),
      refuses('an action that is none', { incomingRules: [rule({ action: 'Maybe' })] }),
      refuses('no rule is there twice', { incomingRules: [rule(), rule()] }),
      refuses('the name of a rule is short', { incomingRules: [rule({ name: 'n'.repeat(17) })] }),
      refuses('the object of a rule has at least one part', { incomingRules: [rule({ object: [] })] }),
      check(
        '§6.1',
        'the name of a rule is just short enough',
        post('/networkrulesetpolicies', policy({ incomingRules: [rule({ name: 'n'.repeat(16) })] }), {
          status: 200,
          body: { incomingRules: [{ name: 'n'.repeat(16) }] },
        }),
      ),
      ports(['any'], 200),
      ports(['ANY'], 200),
      ports(['tcp/80'], 200),
      ports(['TCP/80', 'udp/53'], 200),
      ports(['tcp/80:100'], 200),
      ports(['tcp/80,443,8000:9000'], 200),
      ports(['icmp'], 200),
      ports(['icmp/8/0'], 200),
      ports(['icmp/3/0:4,9'], 200),
      ports(['icmp6/128'], 200),
      ports(['gre'], 200),
      ports(['any', 'tcp/80'], 422),
      ports(['tcp'], 422),
      ports(['udp'], 422),
      ports(['tcp/'], 422),
      ports(['tcp/70000'], 422),
      ports(['tcp/100:80'], 422),
      ports(['tcp/http'], 422),
      ports(['icmp/256'], 422),
      ports(['icmp/8/256'], 422),
      ports(['gre/1'], 422),
      ports(['nothingofthatkind'], 422),
      ports(['tcp/80', 'tcp/80'], 422),
      ports(['tcp/80', 'TCP/80'], 422),
      check(
        '§6.1',
        'are changed whole',
        post('/networkrulesetpolicies', policy({ name: 'w', description: 'd' }), 200, { keep: 'made' }),
        put(
          '/networkrulesetpolicies/{made.ID}',
          policy({ name: 'w', incomingRules: [], outgoingRules: [rule({ action: 'Reject' })] }),
          200,
        ),
        get('/networkrulesetpolicies/{made.ID}', {
          status: 200,
          body: { description: '', incomingRules: empty, outgoingRules: [{ action: 'Reject' }] },
        }),
      ),
      check(
        '§6.1',
        'are changed in part',
        post('/networkrulesetpolicies', policy({ name: 'part' }), 200, { keep: 'made' }),
        patch('/networkrulesetpolicies/{made.ID}', { disabled: true }, 200),
        get('/networkrulesetpolicies/{made.ID}', {
          status: 200,
          body: { disabled: true, incomingRules: [{ action: 'Allow' }] },
        }),
        remove('/networkrulesetpolicies/{made.ID}', { status: [200, 204] }),
      ),
      check(
        '§6.1',
        'are counted',
        head('/networkrulesetpolicies?q=name%3D%3Done', { status: 204, headers: { 'x-count-total': '1' } }),
      ),
      check(
        '§1.3',
        'those that propagate are listed below, when asked',
        post('/networkrulesetpolicies', policy({ name: 'far', propagate: true })),
        get(
          '/networkrulesetpolicies',
          { status: [200, 204], headers: { 'x-count-total': '0' } },
          { namespace: '{ns}/below' },
        ),
        get(
          '/networkrulesetpolicies?propagated=true',
          { status: 200, body: named('far') },
          { namespace: '{ns}/below' },
        ),
      ),
    ],
  },
  {
    title: 'external networks',
    given: [
      post(
        '/externalnetworks',
        { name: 'one', entries: ['192.0.2.0/24'], associatedTags: ['ext=one'] },
        200,
        { keep: 'one' },
      ),
      post('/namespaces', { name: 'below' }),
    ],
    cases: [
      check(
        '§6.1',
        'come back as they were made',
        get('/externalnetworks/{one.ID}', {
          status: 200,
          body: {
            name: 'one',
            entries: ['192.0.2.0/24'],
            type: 'Subnet',
            servicePorts: empty,
            propagate: false,
          },
        }),
      ),
      check(
        '§6.1',
        'of a type',
        get('/externalnetworks?q=type%3D%3DSubnet', { status: 200, body: named('one') }),
      ),
      check('§6.1', 'of a type that is none', post('/externalnetworks', { name: 'x', type: 'Moon' }, 422)),
      entry(['10.0.0.0/8'], 200),
      entry(['10.0.0.0/8', '!10.1.0.0/16'], 200),
      entry(['2001:db8::/32'], 200),
      entry(['www.example.com'], 200),
      entry(['*.example.com'], 200),
      entry(['not a network'], 422),
      entry(['10.0.0.0/40'], 422),
      check('§6.1', 'need a name', post('/externalnetworks', {}, 422)),
      check(
        '§6.1',
        'with ports',
        post(
          '/externalnetworks',
          { name: 'p', entries: ['192.0.2.0/24'], servicePorts: ['tcp/80', 'udp/80:100'] },
          200,
        ),
      ),
      check(
        '§6.1',
        'with ports that are none',
        post('/externalnetworks', { name: 'p', entries: ['192.0.2.0/24'], servicePorts: ['tcp'] }, 422),
      ),
      check(
        '§6.1',
        'the archive is asked for by a boolean',
        get('/externalnetworks?archived=false', { status: [200, 204] }),
      ),
      check(
        '§1.3',
        'those that propagate are listed below, when asked',
        post('/externalnetworks', { name: 'far', entries: ['192.0.2.0/24'], propagate: true }),
        get(
          '/externalnetworks?propagated=true',
          { status: 200, body: named('far') },
          { namespace: '{ns}/below' },
        ),
      ),
    ],
  },
]
