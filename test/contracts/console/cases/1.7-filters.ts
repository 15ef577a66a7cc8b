import type { ConformanceCase, ConformanceGroup, RequestStep } from '../run/case.ts'
import { named } from '../run/match.ts'
import { check, enforcer, get, head, post, q } from '../run/steps.ts'

const given: readonly RequestStep[] = [
  post(
    '/enforcers',
    enforcer('web', { machineID: 'm1', currentVersion: '1.0.0', associatedTags: ['env=prod', 'tier=web'] }),
  ),
  post(
    '/enforcers',
    enforcer('db', { machineID: 'm2', currentVersion: '1.10.0', associatedTags: ['env=prod'] }),
  ),
  post(
    '/enforcers',
    enforcer('Cache', { machineID: 'm3', enforcementStatus: 'Active', associatedTags: ['env=dev'] }),
  ),
  post('/enforcers', enforcer('it is "quoted"', { startTime: '2026-01-02T03:04:05Z' })),
  post('/enforcers', enforcer("it's", { description: 'and', metadata: ['@usr:a=b'] })),
]
const everything = ['web', 'db', 'Cache', 'it is "quoted"', "it's"]

const finds = (filter: string, ...names: readonly string[]): ConformanceCase =>
  check('§1.7', filter, get(`/enforcers?${q(filter)}`, { status: 200, body: named(...names) }))
const refuses = (filter: string): ConformanceCase =>
  check('§1.7', `refuses ${filter}`, get(`/enforcers?${q(filter)}`, 400))

export const groups: readonly ConformanceGroup[] = [
  {
    title: 'operators of filters',
    given,
    cases: [
      finds('name == web', 'web'),
      finds('name == "web"', 'web'),
      finds("name == 'web'", 'web'),
      finds('name==web', 'web'),
      finds('"name" == "web"', 'web'),
      finds("'name' == web", 'web'),
      finds('name == WEB'),
      finds('name == nobody'),
      finds('name != web', 'db', 'Cache', 'it is "quoted"', "it's"),
      finds('name in [web, db]', 'web', 'db'),
      finds('name in ["web", \'db\', nobody]', 'web', 'db'),
      finds('name not in [web, db]', 'Cache', 'it is "quoted"', "it's"),
      finds('name matches "^w.b$"', 'web'),
      finds('name matches "b$"', 'web', 'db'),
      finds('name matches ["^w", "^d"]', 'web', 'db'),
      finds('enforcementStatus == Active', 'Cache'),
      finds("enforcementStatus == 'Inactive'", 'web', 'db', 'it is "quoted"', "it's"),
      finds('machineID exists', 'web', 'db', 'Cache'),
      finds('machineID not exists', 'it is "quoted"', "it's"),
      finds('name exists', ...everything),
      finds('currentVersion >= "1.0.0" and currentVersion < "1.2"', 'web', 'db'),
      finds('currentVersion > "1.0.0"', 'db'),
      finds('currentVersion <= "1.0.0" and currentVersion exists', 'web'),
    ],
  },
  {
    title: 'filters on tags',
    given,
    cases: [
      finds('associatedTags contains ["env=prod"]', 'web', 'db'),
      finds("associatedTags contains ['tier=web', 'env=dev']", 'web', 'Cache'),
      finds('associatedTags not contains ["env=prod"]', 'Cache', 'it is "quoted"', "it's"),
      finds('normalizedTags contains ["$name=db"]', 'db'),
      finds('normalizedTags contains ["$identity=enforcer"]', ...everything),
      finds('normalizedTags contains ["$namespace={ns}"]', ...everything),
      finds('normalizedTags contains ["$operationalstatus=Registered"]', ...everything),
      finds('normalizedTags contains ["env=dev"]', 'Cache'),
      finds('normalizedTags contains ["@usr:a=b"]', "it's"),
      finds('metadata contains ["@usr:a=b"]', "it's"),
      finds('normalizedTags contains ["env=prod"] and normalizedTags contains ["tier=web"]', 'web'),
    ],
  },
  {
    title: 'and, or and parentheses',
    given,
    cases: [
      finds('name == web or name == db', 'web', 'db'),
      finds('name == web and machineID == m1', 'web'),
      finds('name == web and machineID == m2'),
      finds('name == web OR name == db', 'web', 'db'),
      finds('name == web And machineID == m1', 'web'),
      finds('name == web or name == db and machineID == m2', 'db'),
      finds('name == web or (name == db and machineID == m2)', 'web', 'db'),
      finds('machineID == m2 and name == db or name == web', 'web', 'db'),
      finds('machineID == m2 and (name == db or name == web)', 'db'),
      finds('((name == web))', 'web'),
      finds('(name == web) or (name == db)', 'web', 'db'),
      finds('name == web or name == db or name == Cache', 'web', 'db', 'Cache'),
      finds('name == a or name == web and machineID == m1 or name == db', 'web', 'db'),
    ],
  },
  {
    title: 'values of filters',
    given,
    cases: [
      finds('name == "it\'s"', "it's"),
      finds('name == \'it is "quoted"\'', 'it is "quoted"'),
      finds(String.raw`name == "it is 'no' more"`),
      finds('description == "and"', "it's"),
      finds('unreachable == false', ...everything),
      finds('protected == true'),
      finds('protected == FALSE', ...everything),
      finds('createTime > now("-1h")', ...everything),
      finds('createTime < now("-1h")'),
      finds('createTime < now()', ...everything),
      finds('createTime > date("2020-01-01")', ...everything),
      finds('createTime > date("2020-01-01 10:00")', ...everything),
      finds('createTime < date("2020-01-01T00:00:00Z")'),
      finds('startTime == date("2026-01-02T03:04:05Z")', 'it is "quoted"'),
      finds('startTime == date("2026-01-02T04:04:05+01:00")', 'it is "quoted"'),
      finds('(("name" == "web") and ("createTime" > now("-1h0m0s")))', 'web'),
    ],
  },
  {
    title: 'filters that are none',
    given,
    cases: [
      refuses(''),
      refuses('name'),
      refuses('name =='),
      refuses('name = web'),
      refuses('== web'),
      refuses('name == web and'),
      refuses('and name == web'),
      refuses('name == web name == db'),
      refuses('name == a b'),
      refuses('$name == web'),
      refuses('name not matches web'),
      refuses('name == "web'),
      refuses('name in [web'),
      refuses('(name == web'),
      refuses('createTime > date("tomorrow")'),
      refuses('createTime > now("soon")'),
      refuses('name matches "("'),
      refuses(String.raw`name == "\"b"`),
      check('§1.7', 'a count refuses as well', head(`/enforcers?${q('name')}`, 400)),
    ],
  },
]
