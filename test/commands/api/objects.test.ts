import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apiScene } from './scene.ts'

const scene = apiScene()
const { api } = scene

interface Seen {
  readonly ID: string
  readonly name: string
  readonly description: string
  readonly associatedTags: readonly string[]
}
const objectOf = (text: string): Seen => JSON.parse(text) as Seen
const namesOf = (text: string): string[] => (JSON.parse(text) as Seen[]).map(({ name }) => name)

beforeAll(async () => {
  for (const [namespace, name] of [
    ['/', 'acme'],
    ['/acme', 'one'],
    ['/acme', 'two'],
  ] as const)
    expect(await api(['create', 'ns', '-n', namespace, '-k', 'name', name])).toMatchObject({ exitCode: 0 })
  for (const namespace of ['/acme/one', '/acme/two'])
    await api(['create', 'enforcer', '-n', namespace, '-d', '{"name":"web","FQDN":"web","machineID":"A-1"}'])
})

describe('api create', () => {
  it('prints the ID, or the object as the Console sends it', async () => {
    expect((await api('create ns -n /acme -k name printed')).stdout).toMatch(/^[0-9a-f]{24}\n$/)
    const run = await api('create ns -n /acme -k name=bare --json')
    expect(objectOf(run.stdout)).toMatchObject({ name: '/acme/bare' })
    expect(run.stdout).not.toContain('apiVersion')
  })

  it('types values by their attributes', async () => {
    const pairs = ['-k', 'name', 'typed', '-k', 'protected', 'true', '-k', 'annotations', '{"a":["b"]}']
    const tags = ['-k', 'associatedTags', 'a=b', '-k', 'associatedTags', 'c=d']
    const run = await api(['create', 'ns', '-n', '/acme', ...pairs, ...tags, '--json'])
    expect(objectOf(run.stdout)).toMatchObject({
      protected: true,
      annotations: { a: ['b'] },
      associatedTags: ['a=b', 'c=d'],
    })
  })

  it.each([
    [['-k', 'protected', 'perhaps'], /-k protected "perhaps": it takes true or false/],
    [['-k', 'zoning', 'many'], /-k zoning "many": it takes a number/],
    [['-k', 'annotations', '{'], /-k annotations "\{": it takes JSON/],
    [['-k', 'name', 'a', '-k', 'name', 'b'], /-k name "b": it is given twice/],
    [['-k', 'nmae', 'a'], /no attribute "nmae".*\n.*Did you mean name\?/],
    [['-k', 'description', 'x'], /Attribute 'name' is required/],
    [['-k', 'name', 'a', '-k', 'type', 'Nope'], /-k type: Data 'Nope' of attribute 'type' is not in list/],
    [['-d', '{"name": '], /--data:1: /],
    [['-d', '7'], /--data:1: an object is expected here/],
    [['-d', '{"name":"a"}', '-f', 'x.yaml'], /--file.*--data|--data.*--file/],
    [[], /nothing says what the new namespace is like/],
    [['-f', 'not-there.yaml'], /not-there\.yaml cannot be read/],
  ])('refuses wrong input before anything is contacted: %j', async (words, said) => {
    const run = await api(['create', 'ns', ...words], { env: { APOCTL_API: 'https://127.0.0.1:9' } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toMatch(said)
  })

  it.each([
    ['{"acton":"Reject"}', '-k incomingRules: incomingRules[0]: networkrules have no attribute "acton"'],
    [
      '{"action":"Rejct"}',
      "-k incomingRules: incomingRules[0]: Data 'Rejct' of attribute 'action' is not in",
    ],
  ])('does not overlook what is wrong inside: %s', async (rule, said) => {
    const whole = JSON.stringify([{ object: [['a=b']], protocolPorts: ['any'], ...JSON.parse(rule) }])
    const words = ['-k', 'name', 'x', '-k', 'subject', '[["a=b"]]', '-k', 'incomingRules', whole]
    const run = await api(['create', 'netset', '-n', '/acme', ...words])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(said)
    const yaml = `name: x\nsubject: [[a=b]]\noutgoingRules: []\nincomingRules: ${whole}\n`
    const file = await api(['create', 'netset', '-n', '/acme', '-f', scene.file('rule.yaml', yaml)])
    expect(file.stderr).toContain(said.replace('-k incomingRules', 'rule.yaml:4'))
  })

  it('blames what is missing outside on nothing that stands inside', async () => {
    const rule = '[{"object":[["a=b"]],"protocolPorts":["any"],"name":""}]'
    const run = await api([
      'create',
      'netset',
      '-n',
      '/acme',
      '-k',
      'subject',
      '[["a=b"]]',
      '-k',
      'incomingRules',
      rule,
    ])
    expect(run.stderr).toContain("error: -k name: Attribute 'name' is required")
  })

  it('makes all objects of a file of several documents', async () => {
    const file = scene.file('many.yaml', 'name: f1\n---\n- name: f2\n- {"name": "f3"}\n---\n')
    const run = await api(['create', 'ns', '-n', '/acme', '-f', file, '--json'])
    expect(namesOf(run.stdout)).toEqual(['/acme/f1', '/acme/f2', '/acme/f3'])
  })

  it.each([
    ['name: g1\n---\nname: g2\nnmae: g3\n', 'wrong.yaml:4: namespaces have no attribute "nmae"'],
    ['name: g1\n---\nname: 7\n', "wrong.yaml:3: attribute 'name' must be a string"],
    ['name: g1\n---\n- name: [\n', 'wrong.yaml:'],
    ['name: g1\nname: g2\n', 'wrong.yaml:2: Map keys must be unique'],
    ['- name: g1\n- 7\n', 'wrong.yaml:2: an object is expected here'],
  ])('makes none of a file with a mistake, and names its line', async (text, said) => {
    const run = await api(['create', 'ns', '-n', '/acme', '-f', scene.file('wrong.yaml', text)])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(said)
    expect((await api(['count', 'ns', '-r', '-f', 'name matches "/acme/g.*"'])).stdout).toBe('0\n')
  })

  it('goes on after an object that the Console refuses, and says 5', async () => {
    const file = scene.file('some.yaml', 'name: one\n---\nname: h1\n')
    const run = await api(['create', 'ns', '-n', '/acme', '-f', file])
    expect(run.exitCode).toBe(5)
    expect(run.stdout).toMatch(/^[0-9a-f]{24}\n$/)
    expect(run.stderr).toMatch(/warning: some\.yaml:1: one: .*Duplicate Key/)
    expect(await api(['create', 'ns', '-n', '/acme', '-f', file])).toMatchObject({ exitCode: 1, stdout: '' })
  })

  it('takes what get and list print, leaving out what only the Console sets', async () => {
    const line = `$APOCTL api get enforcer web -n /acme/one --json | $APOCTL api create enforcer -n /acme -f - -c name,namespace -o json`
    const run = await scene.shell(line)
    expect(objectOf(run.stdout)).toEqual({ name: 'web', namespace: '/acme' })
  })

  it('changes nothing with --dry-run', async () => {
    const run = await api('create ns -n /acme -k name dry --dry-run -o json')
    expect(JSON.parse(run.stdout)).toEqual({ name: 'dry' })
    expect(await api('get ns /acme/dry -r')).toMatchObject({ exitCode: 1 })
  })
})

it('shows what the Console has to say, on standard error', async () => {
  const file = scene.file('old.yaml', 'name: old\nFQDN: old\ncollectedInfo: {a: b}\n')
  const made = await api(`create enforcer -f ${file}`)
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[0-9a-f]{24}\n$/) })
  expect(made.stderr).toContain("Attribute 'collectedInfo' of enforcers is deprecated")
})

describe('api get', () => {
  it('finds by ID and by name', async () => {
    const { ID } = objectOf((await api('get ns /acme --json')).stdout)
    expect(objectOf((await api(['get', 'ns', ID, '--json=name'])).stdout)).toEqual({ name: '/acme' })
  })

  it('says what is there when a name is not, or not alone', async () => {
    expect(await api('get enforcer web -n /acme')).toMatchObject({ exitCode: 0 })
    const run = await api('get enforcer web -n /acme -r')
    expect(run).toMatchObject({ exitCode: 1, stdout: '' })
    expect(run.stderr).toContain('APO-OBJECT-AMBIGUOUS')
    expect(run.stderr).toMatch(/→ [0-9a-f]{24} in \/acme\/one\n[^]*→ [0-9a-f]{24} in \/acme\/two\n/)
    expect((await api('get enforcer nobody -n /acme')).stderr).toContain('APO-API-NOT-FOUND')
  })

  it('takes 24 hexadecimal digits for a name when no object has that ID', async () => {
    const name = 'deadbeefdeadbeefdeadbeef'
    await api(['create', 'enforcer', '-n', '/acme', '-d', `{"name":"${name}","FQDN":"x","machineID":"B-1"}`])
    expect(objectOf((await api(['get', 'enforcer', name, '-n', '/acme', '--json'])).stdout).name).toBe(name)
  })
})

describe('api list', () => {
  it('lists bare objects in every form', async () => {
    const words = 'list ns -n /acme -f name==/acme/one'
    expect(namesOf((await api(`${words} -o json`)).stdout)).toEqual(['/acme/one'])
    expect(parse((await api(`${words} -o yaml -c name`)).stdout)).toEqual([{ name: '/acme/one' }])
    expect((await api(`${words} --json=name`)).stdout).toBe('[\n  {\n    "name": "/acme/one"\n  }\n]\n')
    expect((await api(`${words} -c name,type`)).stdout).toBe('name       type\n/acme/one  Default\n')
  })

  it('takes the namespace before the verb', async () => {
    expect(await api('-n /acme list ns -f name==/acme/two --jq .[].name')).toMatchObject({
      stdout: '/acme/two\n',
    })
  })

  it('pages and orders', async () => {
    const names = ['/acme/one', '/acme/two', '/acme']
    const ordered = await api(['list', 'ns', '-r', '-O', 'name', '-S', '1', '-o', 'csv', '-c', 'name'])
    const lines = ordered.stdout.trimEnd().split('\r\n').slice(1)
    expect(lines).toEqual([...lines].sort())
    expect(lines).toEqual(expect.arrayContaining(names))
    const second = await api(['list', 'ns', '-r', '-O', 'name', '-S', '1', '-P', '2', '--jq', '.[].name'])
    expect(second.stdout).toBe(`${lines[1] ?? ''}\n`)
    const twice = await api([
      'list',
      'ns',
      '-r',
      '-O',
      'protected',
      '-O',
      '-name',
      '-S',
      '2',
      '--jq',
      '.[].name',
    ])
    const protectedOnes = ['/acme/typed']
    const others = lines.toReversed().filter((name) => !protectedOnes.includes(name))
    expect(twice.stdout.trimEnd().split('\n')).toEqual([...others, ...protectedOnes])
  })

  it('points at the place where a filter goes wrong', async () => {
    const run = await api(['list', 'ns', '-f', 'name == (a or b'])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('→ name == (a or b\n  → ........^ here\n')
  })

  it('points at the place where a jq expression goes wrong', async () => {
    const run = await api(['list', 'ns', '--jq', '.[] | nope'])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toBe(
      'error: --jq: nope/0 is not defined (APO-INPUT-VALUE)\n  → .[] | nope\n  → ......^^^^ here\n',
    )
    const other = await api(['list', 'ns', '--jq', '.[].name.x'])
    expect(other.stderr).toBe('error: --jq: Cannot index string with string ("x") (APO-INPUT-VALUE)\n')
  })

  it('knows what was meant', async () => {
    expect((await api('list enforcrs')).stderr).toContain('Did you mean enforcers or enforcer?')
    expect((await api('list ns -c nmae')).stderr).toContain('Did you mean name?')
  })

  it('ends well when its reader has seen enough', async () => {
    const run = await scene.shell('{ $APOCTL api list ns -r -S 1 -o jsonl; echo "exit $?" >&2; } | head -1')
    expect(run.stdout.split('\n')).toHaveLength(2)
    expect(run.stderr).toBe('exit 0\n')
  })
})

describe('api update', () => {
  it('changes what is given and nothing else, and says what', async () => {
    await api(['update', 'ns', '/acme/one', '-n', '/acme', '-k', 'associatedTags', 'keep=me'])
    const run = await api(['update', 'ns', '/acme/one', '-n', '/acme', '-k', 'description', 'the first'])
    expect(run.stderr).toBe('namespace /acme/one: description: "" → "the first"\n')
    const after = objectOf((await api('get ns /acme/one -n /acme --json')).stdout)
    expect(after).toMatchObject({ description: 'the first', associatedTags: ['keep=me'] })
  })

  it('says so when there is nothing to change', async () => {
    const line = `$APOCTL api get ns /acme/two -n /acme -o yaml | $APOCTL api update ns /acme/two -n /acme -f -`
    expect(await scene.shell(line)).toMatchObject({
      exitCode: 0,
      stderr: 'namespace /acme/two: nothing to change: it is so already\n',
    })
  })

  it('notices that somebody else came between', async () => {
    const before = (await api('get ns /acme/two -n /acme -o yaml')).stdout
    await api(['update', 'ns', '/acme/two', '-n', '/acme', '-k', 'description', 'of somebody else'])
    const file = scene.file('stale.yaml', before.replace('protected: false', 'protected: true'))
    const run = await api(['update', 'ns', '/acme/two', '-n', '/acme', '-f', file])
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toMatch(/was changed at .*stale\.yaml:\d+ is its state of .*APO-OBJECT-CHANGED/)
  })

  it('refuses what cannot be changed', async () => {
    const run = await api('update ns /acme/one -n /acme -k zoning 7')
    expect(run).toMatchObject({ exitCode: 2 })
    expect(run.stderr).toContain('-k zoning: Field zoning can only be set during creation')
  })

  it('changes nothing with --dry-run', async () => {
    const words = ['update', 'ns', '/acme/one', '-n', '/acme', '-k', 'description', 'dry', '--dry-run']
    expect((await api(words)).stderr).toContain('→ "dry" (not done)')
    expect(objectOf((await api('get ns /acme/one -n /acme --json')).stdout).description).not.toBe('dry')
  })
})

describe('api delete', () => {
  it('prints what it deleted, and a protected object only with --override', async () => {
    await api('create ns -n /acme -k name gone -k protected true')
    expect(await api('delete ns /acme/gone -n /acme --dry-run')).toMatchObject({ exitCode: 0 })
    expect(await api('delete ns /acme/gone -n /acme')).toMatchObject({ exitCode: 3 })
    const run = await api('delete ns /acme/gone -n /acme --override')
    expect(run.stdout).toMatch(/^[0-9a-f]{24}\n$/)
    expect(await api('delete ns /acme/gone -n /acme --override')).toMatchObject({ exitCode: 1 })
  })
})

describe('api count', () => {
  it('prints the bare number', async () => {
    expect((await api('count ns -n /acme -f name==/acme/one')).stdout).toBe('1\n')
  })
})

describe('what apoctl knows by itself', () => {
  const offline = { env: { APOCTL_API: 'https://127.0.0.1:9', APOCTL_CREDS: '/nowhere' } }

  it('is described', async () => {
    expect((await api('describe ns', offline)).stdout).toMatch(/^namespace \(namespaces, ns\)\n/)
    expect((await api('describe ns --full', offline)).stdout).toContain('The full path of the namespace.')
    expect((await api('describe nss', offline)).stderr).toContain('Did you mean ns')
  })

  it('gives stubs that create takes', async () => {
    const stub = (await api('stub ns -o json', offline)).stdout
    expect(stub).toContain('\n  "name": ""')
    expect((await api('stub ns --indent 4', offline)).stdout).toContain('name: ""')
    const file = scene.file('stub.json', stub.replace('"name": ""', '"name": "from-stub"'))
    expect(await api(['create', 'ns', '-n', '/acme', '-f', file])).toMatchObject({ exitCode: 0 })
  })

  it('is named on one line', async () => {
    expect((await api('all', offline)).stdout).toMatch(/^[a-z ]*enforcers [a-z ]*namespaces [a-z ]*\n$/)
  })
})

describe.runIf(process.platform === 'linux')('an editor', () => {
  const leftBehind = () => readdirSync(tmpdir()).filter((name) => name.startsWith('apoctl-edit-'))
  const editing = (words: string, editor: string) =>
    scene.terminal(words.split(' '), {
      env: { EDITOR: scene.program('editor.sh', `#!/bin/sh\n${editor}\n`) },
    })

  it('makes an object of what is saved, and leaves nothing behind', async () => {
    const run = await editing(
      'create ns -n /acme -k name edited -i --json',
      'sed -i "s/^# description: .*/description: by hand/" "$1"',
    )
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain('"by hand"')
    expect(leftBehind()).toEqual([])
  })

  it('opens again with the error on top until it is right', async () => {
    const again = `if head -1 "$1" | grep -q "^#! line:"; then sed -i "s/^wrong: 1/description: right/" "$1"; else echo "wrong: 1" >> "$1"; fi`
    const run = await editing('create ns -n /acme -k name again -i --json', again)
    expect(run.stdout).toContain('"right"')
  })

  it.each([['true'], [': > "$1"'], ['exit 3']])('that saves nothing changes nothing: %s', async (editor) => {
    const run = await editing('update ns /acme/one -n /acme -i', editor)
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toContain('APO-DECLINED')
    expect(leftBehind()).toEqual([])
  })

  it('changes what was edited', async () => {
    const run = await editing(
      'update ns /acme/one -n /acme -i',
      'sed -i "s/^description: .*/description: edited/" "$1"',
    )
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/description: .* → "edited"/)
  })

  it('needs a terminal', async () => {
    expect(await api('create ns -i')).toMatchObject({ exitCode: 2 })
  })
})
