import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveHosts, type HostSelection } from '../../../src/lib/fleet/resolve-hosts.ts'
import { failure } from '../../helpers/failure.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const directory = temporaryFolder('inventory')
const noInput = {
  readStandardInput: () => Promise.reject(new Error('standard input is not to be read')),
  runProgram: () => Promise.reject(new Error('no program is to be run')),
  warn: (text: string) => {
    throw new Error(`nothing is to be warned of: ${text}`)
  },
  note: () => undefined,
}

function read(name: string, content: string, selection: Partial<HostSelection> = {}) {
  const inventory = join(directory, name)
  writeFileSync(inventory, content)
  return resolveHosts({ targets: [], inventories: [inventory], ...selection }, noInput)
}

describe('inventories', () => {
  const full = [
    {
      type: 'ssh',
      name: 'web1',
      address: '10.0.0.1',
      user: 'ops',
      port: 2222,
      identityFile: '~/.ssh/web',
      become: 'sudo',
      namespace: '/acme/web',
      platform: 'linux',
      tags: ['site=madrid', 'app=web'],
    },
    { type: 'ssh', name: 'db', address: 'db', user: 'ops', tags: ['site=madrid'] },
  ]

  it('reads YAML with defaults, every field and plain targets', async () => {
    const hosts = await read(
      'full.yaml',
      `# our hosts
defaults:
  user: ops
  tags: [site=madrid]
hosts:
  - name: web1
    address: 10.0.0.1
    port: 2222
    identity: ~/.ssh/web
    sudo: true
    tags: [app=web]
    namespace: /acme/web
    platform: linux
  - db
`,
    )
    expect(hosts).toEqual(full)
  })

  it('reads the same as JSON, also indented with tabs', async () => {
    const [web, db] = full as [(typeof full)[0], unknown]
    const { identityFile: identity, become: sudo, ...rest } = web
    const fields: Record<string, unknown> = { ...rest, identity, sudo, tags: ['app=web'] }
    delete fields['type']
    delete fields['user']
    const value = { defaults: { user: 'ops', tags: ['site=madrid'] }, hosts: [fields, 'db'] }
    expect(await read('full.json', JSON.stringify(value))).toEqual([web, db])
    expect(await read('tabs.json', JSON.stringify(value, undefined, '\t'))).toEqual([web, db])
  })

  it('reads one host a line', async () => {
    const hosts = await read('hosts.txt', '# ours\nroot@web1:2222  # first\n\n[::1]:22\r\nweb2\n')
    expect(hosts.map(({ name }) => name)).toEqual(['web1:2222', '[::1]:22', 'web2'])
    expect(hosts[0]).toMatchObject({ address: 'web1', user: 'root', port: 2222 })
  })

  it('tells the formats apart by content when the name does not', async () => {
    expect(await read('a', 'hosts:\n  - name: x\n')).toMatchObject([{ name: 'x' }])
    expect(await read('b', '- x\n- y\n')).toHaveLength(2)
    expect(await read('c', '["x", "y"]')).toHaveLength(2)
    expect(await read('d', '{"hosts": ["x"]}')).toHaveLength(1)
    expect(await read('e', '[::1]:22\nx\n')).toHaveLength(2)
  })

  it('reads standard input', async () => {
    const world = { ...noInput, readStandardInput: () => Promise.resolve('web1\nweb2\n') }
    expect(await resolveHosts({ targets: [], inventories: ['-'] }, world)).toHaveLength(2)
  })

  it.each([
    [
      'a field nobody knows',
      'hosts:\n  - name: x\n    adress: y\n',
      3,
      /"adress" is not a field/,
      /"address"/,
    ],
    ['a wrong port', 'hosts:\n  - name: x\n    port: 70000\n', 3, /"port" is 70000/, /./],
    ['a port as text', '- name: x\n  port: "22"\n', 2, /"port" is "22"/, /./],
    ['a wrong tag', '- name: x\n  tags:\n    - app\n', 3, /tags.*key=value/, /./],
    ['a reserved tag', '- name: x\n  tags: ["$x=y"]\n', 2, /reserved/, /./],
    ['a wrong namespace', '- name: x\n  namespace: acme\n', 2, /namespace.*"acme"/, /./],
    ['a wrong platform', '- name: x\n  platform: linus\n', 2, /one of linux, windows/, /./],
    ['a wrong way to become root', '- name: x\n  sudo: su\n', 2, /sudo, doas, none/, /./],
    ['a host without a name', '- name: x\n- user: bob\n', 2, /needs a name or an address/, /./],
    ['a host that is none', '- name: x\n- 42\n', 2, /42 is not a host/, /user@/],
    ['a top-level field nobody knows', 'host:\n  - x\nhosts: []\n', 1, /"host" is not a field/, /"hosts"/],
    ['hosts that are no list', 'hosts:\n  web1: {}\n', 2, /be a list of hosts/, /./],
    ['YAML that does not parse', 'hosts:\n  - name: x\n   port: 1\n', 3, /./, /./],
    ['a field given twice', '- name: x\n  user: a\n  user: b\n', 3, /unique/, /./],
    [
      'the same name twice',
      '- name: x\n- name: y\n- name: x\n  address: z\n',
      3,
      /same host as x in line 1/,
      /./,
    ],
    [
      'the same machine twice',
      '- {name: x, address: h}\n- {name: y, address: H, port: 22}\n',
      2,
      /y is the same host as x/,
      /./,
    ],
  ])('names file, line and value for %s', async (title, content, line, message, hint) => {
    const error = await failure(read(`${title}.yaml`, content))
    expect(error).toMatchObject({ code: 'APO-INPUT-FILE', exitCode: 2 })
    expect(error.message).toContain(`${title}.yaml:${line}: `)
    expect(error.message).toMatch(message)
    expect(error.hints.join(' ')).toMatch(hint)
  })

  it('names the line of a wrong list', async () => {
    expect((await failure(read('l.txt', 'web1\n\nweb 2\n'))).message).toMatch(
      /l\.txt:3: "web 2" is not a host/,
    )
  })

  it('says that a file is missing or names nobody', async () => {
    const missing = resolveHosts({ targets: [], inventories: [join(directory, 'missing')] }, noInput)
    expect((await failure(missing)).message).toMatch(/missing cannot be read \(ENOENT\)/)
    expect((await failure(read('empty', '# nobody\n'))).message).toMatch(/names no host/)
    expect(await failure(read('empty.yaml', ''))).toMatchObject({ code: 'APO-INPUT-FILE' })
    expect(await failure(read('empty.ini', '[web]\n'))).toMatchObject({ code: 'APO-INPUT-FILE' })
  })
})

describe('choosing hosts', () => {
  it('is this machine when nothing is said', async () => {
    expect(await resolveHosts({ targets: [], inventories: [] }, noInput)).toEqual([
      { type: 'local', name: 'localhost', tags: [] },
    ])
  })

  it('takes targets and the inventory together, each host once', async () => {
    const hosts = await read('both', 'web2\n', { targets: ['root@web1'] })
    expect(hosts.map(({ name }) => name)).toEqual(['web1', 'web2'])
    const twice = read('both', 'web2\n', { targets: ['root@web2:22'] })
    expect((await failure(twice)).message).toMatch(/both:1: web2 is the same host as web2:22 \(--host\)/)
  })

  it('gives a key to the hosts that name none', async () => {
    const hosts = await read('keys.yaml', '- name: a\n  identity: own\n- b\n', { identityFile: 'mine' })
    expect(hosts).toMatchObject([{ identityFile: 'own' }, { identityFile: 'mine' }])
  })

  it.each([
    ['web*', ['web1', 'web2', 'web3']],
    ['web*,!web2', ['web1', 'web3']],
    ['!web?', ['db']],
    ['db,web3', ['web3', 'db']],
    ['10.0.0.1', ['web1']],
    ['*,!10.0.0.1', ['web2', 'web3', 'db']],
  ])('keeps the hosts that --limit %s leaves, by address where no name matches', async (limit, names) => {
    const hosts = await read('limited.yaml', '- {name: web1, address: 10.0.0.1}\n- web2\n- web3\n', {
      targets: ['db'],
      limit,
    })
    expect(hosts.map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  it('warns of a pattern that matches nothing: it may be a typing error', async () => {
    const warnings: string[] = []
    const world = { ...noInput, warn: (text: string) => warnings.push(text) }
    const hosts = await resolveHosts({ targets: ['web1', 'db'], inventories: [], limit: '!dbb' }, world)
    expect(hosts).toHaveLength(2)
    expect(warnings).toEqual(['--limit: "dbb" matches no host and no group'])
  })

  it('refuses a limit that leaves nobody, and a target that is none', async () => {
    expect(await failure(read('x', 'web1\n', { limit: '!web1' }))).toMatchObject({ code: 'APO-INPUT-VALUE' })
    expect(
      (await failure(resolveHosts({ targets: ['web1:99999'], inventories: [] }, noInput))).message,
    ).toContain('web1:99999')
  })
})
