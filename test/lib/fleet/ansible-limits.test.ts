import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { resolveHosts } from '../../../src/lib/fleet/resolve-hosts.ts'
import { ansibleHosts } from '../../helpers/ansible.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const folder = temporaryFolder('limits')
const inventory = join(folder, 'hosts.ini')
const named = join(folder, 'named.txt')
writeFileSync(named, 'web02\n\n  db1  \n')
writeFileSync(
  inventory,
  `lonely.example.com
[web]
web[01:06]
[db]
db1
db2
[cache]
cache-a
web03
[prod:children]
db
cache
[stage]
web01
web02
Web09
10.0.0.5
[web-old]
old1
old2
`,
)

const patterns = [
  ...['all', '*', 'web', 'web01', 'web*', 'WEB*', 'prod', 'ungrouped', 'nothing', 'web03,db1'],
  ...[
    'web:db',
    'web:!web03',
    'web,!web03',
    'web:&prod',
    'web:&stage:!web02',
    'prod:stage',
    '!web',
    '!web:!db',
  ],
  ...['&prod', 'web*:!web03:&prod', '~web0[1-3]', '~web', '~.*-(a|old)', '~(?i)WEB', '~(?P<x>d)b', '!~web.*'],
  ...['web[0]', 'web[-1]', 'web[0:2]', 'web[1:]', 'web[2-3]', 'web[0:0]', 'web[2:0]', 'prod[1]', 'web*[0:3]'],
  ...['web[4:99]', 'web0?', 'web0[!1-3]', '[cd]*', 'db[12]', 'cache-?', '10.0.0.5', '10.*', '*.example.com'],
  ...[
    'web,db,!web[0]',
    'db , web01',
    'web:',
    ',',
    '*:!prod:!web*',
    'stage:&web[0:1]',
    '!all',
    'all:!~.*[02468]',
  ],
  ...['web-old', '~web-', 'w*d', 'lonely.example.com:db1', `@${named}`, `@${named}:!db1`, `all,!@${named}`],
  ...['{a}', 'web[', 'a]b', 'db2:db1:db2', 'web[a:c]', 'localhost', '*[0]', '*[-1]', 'ungrouped[0]'],
]

async function ours(limit: string): Promise<string[]> {
  const world = {
    readStandardInput: () => Promise.reject(new Error('not to be read')),
    runProgram: () => Promise.reject(new Error('not to be run')),
    warn: () => undefined,
    note: () => undefined,
  }
  try {
    return (await resolveHosts({ targets: [], inventories: [inventory], limit }, world)).map(
      ({ name }) => name,
    )
  } catch (error) {
    if (error instanceof ApoctlError && /leaves none/.test(error.message)) return []
    if (error instanceof ApoctlError && /past the end/.test(error.message)) return ['refused']
    throw error
  }
}

describe('patterns of --limit', () => {
  it('are enough to compare by', () => expect(patterns.length).toBeGreaterThanOrEqual(60))

  it.each(patterns)('choose the hosts that ansible chooses: %s', async (pattern) => {
    expect(await ours(pattern)).toEqual(await ansibleHosts([inventory], pattern))
  })
})
