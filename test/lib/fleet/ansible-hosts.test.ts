import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveHosts, type HostSelection } from '../../../src/lib/fleet/resolve-hosts.ts'
import { runInventoryProgram } from '../../../src/lib/fleet/inventory/run-inventory-program.ts'
import { failure } from '../../helpers/failure.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const base = temporaryFolder('ansible')
let made = 0

/** A folder of its own with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const root = join(base, String((made += 1)))
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
  }
  return root
}

function worldOf() {
  const warnings: string[] = []
  const notes: string[] = []
  const world = {
    readStandardInput: () => Promise.reject(new Error('not to be read')),
    runProgram: (file: string) =>
      runInventoryProgram(file, {
        local: { environment: { PATH: '/usr/bin:/bin' } },
        signal: new AbortController().signal,
      }),
    warn: (text: string) => warnings.push(text),
    note: (text: string) => notes.push(text),
  }
  return { world, warnings, notes }
}

const resolve = (inventories: readonly string[], more: Partial<HostSelection> = {}) =>
  resolveHosts({ targets: [], inventories, ...more }, worldOf().world)

const read = (name: string, text: string, more: Partial<HostSelection> = {}) =>
  resolve([join(folder({ [name]: text }), name)], more)

describe('hosts of Ansible inventories', () => {
  it('are reached as Ansible would reach them, with what apoctl wants to know beside it', async () => {
    const hosts = await read(
      'hosts',
      `[web]
web1 ansible_host=10.0.0.1 ansible_port=2222 ansible_user=ops ansible_ssh_private_key_file=~/.ssh/web
web2 ansible_become=true ansible_become_method=doas apoctl_tags="site=lugo, app=web" ansible_user=1000
web3:2200 ansible_become=false apoctl_user=mine ansible_user=theirs apoctl_known_hosts=/k apoctl_platform=linux
root@web4
here ansible_connection=local
[web:vars]
apoctl_namespace=/acme/web
apoctl_tags=['site=madrid']
http_port=80
`,
    )
    const common = { tags: ['site=madrid'], namespace: '/acme/web' }
    expect(hosts).toEqual([
      {
        type: 'ssh',
        name: 'web1',
        address: '10.0.0.1',
        port: 2222,
        user: 'ops',
        identityFile: '~/.ssh/web',
        ...common,
      },
      {
        type: 'ssh',
        name: 'web2',
        address: 'web2',
        user: '1000',
        become: 'doas',
        ...common,
        tags: ['site=lugo', 'app=web'],
      },
      {
        ...{
          type: 'ssh',
          name: 'web3',
          address: 'web3',
          port: 2200,
          user: 'mine',
          become: 'none',
          ...common,
        },
        ...{ knownHostsFile: '/k', platform: 'linux' },
      },
      { type: 'ssh', name: 'root@web4', address: 'web4', user: 'root', ...common },
      { type: 'local', name: 'here', ...common },
    ])
  })

  it.each([
    ['apoctl_namespce=/x', /hosts:1: "apoctl_namespce" is not a field of apoctl/, /"apoctl_namespace"/],
    ['apoctl_namespace=x', /hosts:1: "apoctl_namespace" is "x", but should be a namespace/, /./],
    ['apoctl_tags=a', /hosts:1: "apoctl_tags" is "a", but should be a list of key=value/, /./],
    ['apoctl_sudo=su', /hosts:1: "apoctl_sudo" is "su", but should be one of sudo, doas, none/, /./],
    ['ansible_port=22a', /hosts:1: "ansible_port" is "22a", but should be a port/, /./],
    ['ansible_port=70000', /hosts:1: "ansible_port" is 70000/, /./],
    ['ansible_become=maybe', /hosts:1: "ansible_become" is "maybe", but should be true or false/, /./],
    [
      'ansible_become=1 ansible_become_method=su',
      /"ansible_become_method" is "su", but should be sudo or doas/,
      /./,
    ],
    [
      'ansible_connection=winrm',
      /hosts:1: "ansible_connection" is "winrm", but should be ssh or local/,
      /--limit/,
    ],
    ['ansible_host="{{ ip }}"', /hosts:1: "ansible_host" is "{{ ip }}", a template/, /apoctl_address/],
    ["ansible_user='{% if x %}a{% endif %}'", /"ansible_user" is .* a template/, /apoctl_user/],
    ['ansible_host=-oProxyCommand=x', /"ansible_host" is "-oProxyCommand=x"/, /./],
    ['[1:x]', /"\[1:x\]" is not a range/, /./],
    ['"open', /has no closing quote/, /./],
    ['stray', /"stray" is not a variable/, /name=value/],
  ])('are refused with file, line and value: %s', async (words, message, hint) => {
    const error = await failure(read('hosts', words.startsWith('[') ? `x${words} a=b\n` : `x ${words} y=z\n`))
    expect(error).toMatchObject({ code: 'APO-INPUT-FILE', exitCode: 2 })
    expect(error.message).toMatch(message)
    expect(error.hints.join(' ')).toMatch(hint)
  })

  it.each([
    ['[a:vars]\nx=1\n', /:1: \[a:vars\] is for a group that is nowhere declared/],
    ['[a:children]\nb\n', /:2: the group "b" is nowhere declared/],
    ['[a:childs]\n', /:1: "a:childs" is not a section/],
    ['[a b]\n', /:1: "\[a b\]" is not a section/],
    ['[a:children]\nb\n[b:children]\na\n', /"[ab]" would stand below itself/],
    ['[a:children]\nall\n', /"all" would stand below itself/],
    ['[a:vars]\nnonsense\n[a]\n', /:2: "nonsense" is not a variable/],
    ['x[1:999999]\n', /more than 100000 hosts/],
    ['x[01:1]\n', /different lengths/],
  ])('are refused where their sections make no sense: %j', async (text, message) => {
    expect((await failure(read('hosts.ini', text))).message).toMatch(message)
  })

  it.each([
    ['all:\n  hosts:\n    a: {apoctl_tgas: []}\n', /:3: "apoctl_tgas" is not a field of apoctl/],
    ['all:\n  hosts:\n    a: {apoctl_namespace: x}\n', /:3: "apoctl_namespace" is "x"/],
    [
      'all:\n  hosts:\n    a:\n      ansible_user: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        6162\n',
      /:4: "ansible_user" is encrypted/,
    ],
    ['all:\n  hosts: [a, b]\n  vars: {x: 1}\n', /"hosts" is \["a","b"\], but should be a mapping/],
    ['all:\n  hosts:\n    1:\n', /:3: 1 cannot be the name of a host/],
    ['all:\n  hosts:\n    a: text\n', /:3: the variables of a must be a mapping/],
    [
      'plugin: amazon.aws.aws_ec2\nregions: [x]\n',
      /:1: is the configuration of Ansible's plugin amazon\.aws\.aws_ec2/,
    ],
    ['a: &a\n  children:\n    b: *a\n', /below itself/],
    ['{"_meta": {"hostvars": {}}, "web": {"hosts": ["a", 1]}}', /1 is not a name/],
  ])('are refused in YAML and JSON as well: %j', async (text, message) => {
    expect((await failure(read('hosts.yaml', text))).message).toMatch(message)
  })

  it('end a file that refers to itself without end before the memory does', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) => `x${at + 1}: &l${at + 1} {children: {a${at}: *l${at}, b${at}: *l${at}}}\n`,
    )
    const text = `x0: &l0 {hosts: {h: {}}}\n${levels.join('')}`
    const started = performance.now()
    expect((await failure(read('bomb.yaml', text))).message).toMatch(/refer to each other without end/)
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  it('trouble nobody who leaves them out', async () => {
    const text = 'web1\nswitch ansible_connection=network_cli\nsecret ansible_host="{{ x }}"\n'
    expect(await read('hosts', text, { limit: 'web*' })).toHaveLength(1)
  })

  it('are named where two of them are one machine, and left alone where one is left out', async () => {
    const text = 'a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n'
    const error = await failure(read('hosts', text))
    expect(error.message).toMatch(/hosts:2: b is the same host as a \(.*hosts:1\)/)
    expect(await read('hosts', text, { limit: '!b' })).toHaveLength(1)
    const local = 'a ansible_connection=local\nb ansible_connection=local\n'
    expect((await failure(read('hosts', local))).message).toMatch(/b is the same host as a/)
  })

  it('are one where several inventories name them, and the later says more', async () => {
    const root = folder({
      'one.ini': '[web]\nweb1 ansible_user=a ansible_port=1\n',
      'two.yaml': 'web:\n  hosts:\n    web1: {ansible_user: b}\n    web2:\n',
      'three.yaml': '- name: web1\n  address: 10.0.0.9\n',
    })
    const hosts = await resolve(['one.ini', 'two.yaml', 'three.yaml'].map((name) => join(root, name)))
    expect(hosts).toMatchObject([
      { name: 'web1', user: 'b', port: 1, address: '10.0.0.9' },
      { name: 'web2', address: 'web2' },
    ])
  })

  it('say what of them is not used, once for all hosts', async () => {
    const { world, warnings } = worldOf()
    const root = folder({
      hosts: `[web]\nweb[1:9] ansible_password=planted-secret\n[web:vars]\nansible_ssh_common_args="-J bastion"\n`,
    })
    await resolveHosts({ targets: [], inventories: [join(root, 'hosts')] }, world)
    expect(warnings).toHaveLength(2)
    expect(warnings.join('\n')).toMatch(/ansible_ssh_common_args of web\[1-9\] is not used: .*ssh\/config/)
    expect(warnings.join('\n')).toMatch(/ansible_password of web\[1-9\] is not used: .*APOCTL_SSH_PASSWORD/)
    expect(warnings.join('\n')).not.toContain('planted')
  })

  it('warn of what Ansible passes over', async () => {
    const { world, warnings } = worldOf()
    const root = folder({ 'hosts.yaml': 'all:\n  hosts: {a: }\n  childern: {b: }\nnote: text\n' })
    await resolveHosts({ targets: [], inventories: [join(root, 'hosts.yaml')] }, world)
    expect(warnings.join('\n')).toMatch(/:3: "childern" was passed over: did you mean "children"\?/)
    expect(warnings.join('\n')).toMatch(/:4: "note" was passed over/)
  })
})

describe('variables beside an inventory', () => {
  it('are read from group_vars and host_vars, with file and line for what is wrong', async () => {
    const root = folder({
      hosts: '[web]\nweb1\nweb2\n',
      'group_vars/web.yml': 'apoctl_namespace: /acme\nsomething: else\n',
      'host_vars/web2.yml': '\napoctl_platfrm: linux\n',
    })
    expect((await failure(resolve([join(root, 'hosts')]))).message).toMatch(
      /host_vars\/web2\.yml:2: "apoctl_platfrm"/,
    )
    writeFileSync(join(root, 'host_vars/web2.yml'), '- a list\n')
    expect((await failure(resolve([join(root, 'hosts')]))).message).toMatch(
      /web2\.yml:1: .*must be a mapping/,
    )
    writeFileSync(join(root, 'host_vars/web2.yml'), 'apoctl_platform: linux\n')
    expect(await resolve([join(root, 'hosts')])).toMatchObject([
      { name: 'web1', namespace: '/acme' },
      { name: 'web2', namespace: '/acme', platform: 'linux' },
    ])
  })

  it('are passed over, and named, where the whole file is encrypted', async () => {
    const root = folder({
      hosts: '[web]\nweb1\nweb2\n',
      'group_vars/web/vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
    })
    const { world, notes } = worldOf()
    await resolveHosts({ targets: [], inventories: [join(root, 'hosts')] }, world)
    expect(notes).toEqual([`${join(root, 'group_vars/web/vault.yml')} is encrypted and was not read`])
    const whole = folder({ 'hosts.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n' })
    const error = await failure(resolve([join(whole, 'hosts.yml')]))
    expect(error.hints.join()).toContain('ansible-vault view')
  })
})

describe('programs that print an inventory', () => {
  const program = (text: string, mode = 0o755): string => {
    const file = join(folder({ 'hosts.sh': text }), 'hosts.sh')
    chmodSync(file, mode)
    return file
  }
  const printing = (json: string) => `#!/bin/sh\ncat <<'E'\n${json}\nE\n`

  it('are run when they may be executed and begin with #!', async () => {
    const file = program(
      printing('{"web": {"hosts": ["w1"]}, "_meta": {"hostvars": {"w1": {"ansible_port": 7}}}}'),
    )
    expect(await resolve([file])).toMatchObject([{ name: 'w1', port: 7 }])
  })

  it('are no programs for having the bit alone: some file systems give it to every file', async () => {
    const file = program('w1\nw2\n')
    expect(await resolve([file])).toHaveLength(2)
  })

  it.each([
    [printing('{}'), 0o644, /may not be executed/],
    [printing('{}'), 0o777, /anybody may change/],
    [printing('{"web": ["a"]}'), 0o755, /_meta\.hostvars/],
    [printing('not json'), 0o755, /hosts\.sh --list:1/],
    ['#!/bin/sh\necho "no cloud today" >&2\nexit 3\n', 0o755, /--list ended with 3: no cloud today/],
    [printing('{"_meta": {"hostvars": {}}}'), 0o755, /names no host/],
  ])('are refused: %#', async (text, mode, message) => {
    expect(await failure(resolve([program(text, mode)]))).toMatchObject({
      code: 'APO-INPUT-FILE',
      message: expect.stringMatching(message) as string,
    })
  })

  it('are not run for lying in a folder', async () => {
    const file = program(printing('{"web": ["a"], "_meta": {"hostvars": {}}}'))
    const error = await failure(resolve([join(file, '..')]))
    expect(error.message).toMatch(/was not run: only its folder was named/)
    expect(error.hints.join()).toContain(`--inventory ${file}`)
  })
})

describe('large inventories', () => {
  it('of ten thousand hosts from ranges are read in well under a second', async () => {
    const text = '[web]\nweb[00001:10000].example.com\n[web:vars]\nansible_user=ops\napoctl_namespace=/acme\n'
    const before = process.cpuUsage()
    const hosts = await read('hosts', text, { limit: 'web:!*7.example.com' })
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000).toBeLessThan(1000)
    expect(hosts).toHaveLength(9000)
  })
})
