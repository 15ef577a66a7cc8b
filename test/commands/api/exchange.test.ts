import { createServer, type Server } from 'node:https'
import { connect as createTcpConnection, createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { issueTestToken } from '../../helpers/console.ts'
import { scratchFolder } from '../../helpers/run-apoctl.ts'
import { makeCertificate } from '../../lib/api/scripted-server.ts'
import { apiScene } from './scene.ts'

const scene = apiScene()
const { api } = scene

const policies = `label: web
data:
  externalnetworks:
    - name: db
      entries: [10.0.0.0/8]
    - name: old
      entries: [11.0.0.0/8]
  networkrulesetpolicies:
    - name: web
      subject: [[app=web]]
      outgoingRules:
        - object: [[net=db]]
          protocolPorts: [tcp/5432]
`
const changed = policies.replace('name: old', 'name: new').replace('tcp/5432', 'tcp/5433')

beforeAll(async () => {
  for (const name of ['a', 'b', 'c', 'd']) await api(['create', 'ns', '-k', 'name', name])
  scene.file('policies.yaml', policies)
  scene.file('changed.yaml', changed)
})
const names = async (namespace: string): Promise<string[]> => {
  const run = await api(['list', 'extnets', '-n', namespace, '-O', 'name', '--jq', '.[].name'])
  return run.stdout.split('\n').filter((name) => name !== '')
}

describe('api import and export', () => {
  it('carry objects from namespace to namespace, and the same label replaces what it made', async () => {
    await api('create extnet -n /a -k name byhand')
    const made = await api('import -n /a -f policies.yaml')
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
    expect(made.stdout).toMatch(/^web in \/a: 3 created\n\+ externalnetworks {2}db {2}policies\.yaml:4\n/)

    const exported = await api('export extnet netset -n /a --label web')
    expect(exported).toMatchObject({ exitCode: 0, stderr: '' })
    scene.file('exported.yaml', exported.stdout)
    expect((await api('import -n /b -f exported.yaml')).stdout).toContain('4 created')
    expect(await names('/b')).toEqual(['byhand', 'db', 'old'])

    const dry = await api('import -n /b -f changed.yaml --dry-run')
    expect(dry.exitCode).toBe(0)
    expect(dry.stdout).toBe(
      [
        'web in /b: 1 to create, 1 to change, 2 to delete, 1 unchanged',
        '+ externalnetworks  new  changed.yaml:6',
        '- externalnetworks  byhand',
        '- externalnetworks  old',
        '~ networkrulesetpolicies  web  changed.yaml:9',
        '    outgoingRules:',
        '        … 9 the same',
        '            "observationEnabled": false,',
        '            "protocolPorts": [',
        '      -       "tcp/5432"',
        '      +       "tcp/5433"',
        '            ]',
        '          }',
        '        ]',
        '',
      ].join('\n'),
    )
    expect(await names('/b')).toEqual(['byhand', 'db', 'old'])
    const done = await api('import -n /b -f changed.yaml')
    expect(done.stdout.replace(/^.*\n/, '')).toBe(dry.stdout.replace(/^.*\n/, ''))
    expect(await names('/b')).toEqual(['db', 'new'])
    expect((await api('import -n /b -f changed.yaml --dry-run')).stdout).toBe('web in /b: 3 unchanged\n')

    expect((await api('import -n /a --delete --label web')).stdout).toContain('web in /a: 3 deleted\n')
    expect(await names('/a')).toEqual(['byhand'])
    expect((await api('import -n /b -f changed.yaml --mode Remove -o json')).exitCode).toBe(0)
    expect(await names('/b')).toEqual([])
  })

  it('say what changes as a document, attribute by attribute', async () => {
    await api('import -n /c -f policies.yaml')
    const run = await api('import -n /c -f changed.yaml --dry-run --json')
    expect(JSON.parse(run.stdout)).toMatchObject({
      kind: 'ImportReport',
      dryRun: true,
      imports: [
        {
          label: 'web',
          outcome: 'planned',
          counts: { created: 1, changed: 1, deleted: 1, unchanged: 1 },
          objects: [
            { resource: 'externalnetworks', name: 'db', change: 'unchanged' },
            { change: 'created', attributes: [{ name: 'name', to: 'new' }, { name: 'entries' }] },
            { name: 'old', change: 'deleted' },
            { change: 'changed', attributes: [{ name: 'outgoingRules', from: [{}], to: [{}] }] },
          ],
        },
      ],
    })
    await api('import -n /c --delete --label web')
  })

  it('take what the other prints, through a pipe', async () => {
    const line = `$APOCTL api export -n /a --label piped -o json | $APOCTL api import -n /c -f - -o none`
    expect(await scene.shell(line)).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await names('/c')).toEqual(['byhand'])
    await api('import -n /c --delete --label piped')
  })
})

describe('api export', () => {
  it('makes up a label, and says when there is nothing', async () => {
    const run = await api('export extnet -n /d')
    expect(run.stderr).toBe('/d: there is nothing to export\n')
    expect(parse(run.stdout)).toEqual({
      APIVersion: 1,
      label: expect.stringMatching(/^[a-z]+-[a-z]+-\d{4}$/) as string,
      identities: [],
      data: {},
    })
  })

  it('filters, and adds to an earlier export', async () => {
    const file = 'label: base\ndata: {extnets: [{name: kept}, {name: byhand, description: before}]}\n'
    scene.file('base.yaml', file)
    const run = await api([
      'export',
      'extnet',
      '-n',
      '/a',
      '--base',
      'base.yaml',
      '--filter',
      'name == byhand',
    ])
    expect(parse(run.stdout)).toMatchObject({
      label: 'base',
      data: { externalnetworks: [{ name: 'kept' }, { name: 'byhand' }] },
    })
    expect(run.stdout).not.toContain('before')
  })

  it.each([
    [['export', 'extnets', '-f', 'nmae == x'], 2, 'Did you mean name?'],
    [['export', 'extnetz'], 2, '"extnetz" is no kind of object'],
    [['export', 'enforcers'], 1, "Identity 'enforcer' cannot be exported"],
    [['export', '--label', 'a b'], 2, 'A label must not have spaces'],
    [['export', '-n', '/nowhere'], 1, "Namespace '/nowhere' does not exist"],
  ])('refuses %j', async (words, exitCode, said) => {
    const run = await api(words)
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toContain(said)
  })
})

describe('api import', () => {
  it.each([
    [['import'], 'Give --file FILE, --file - or --url URL.'],
    [['import', '--delete'], 'Give --label NAME'],
    [['import', '-f', 'policies.yaml', '--url', 'https://x'], '--url'],
    [['import', '-f', '/dev/null'], '/dev/null: there is no export in it'],
    [['import', '-f', 'policies.yaml', '--label', ''], 'A label must not be empty'],
    [['import', '--url', 'http://127.0.0.1/x'], 'that is no https address'],
    [['import', '--url', 'https://me:secret@127.0.0.1/x'], 'that is no https address'],
  ])('refuses %j before anything is contacted', async (words, said) => {
    const run = await api(words, { env: { APOCTL_API: 'https://127.0.0.1:9' } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(said)
    expect(run.stderr).not.toContain('secret')
  })

  it('says that nothing was changed when the Console refuses', async () => {
    scene.file('kept.yaml', 'label: kept\ndata: {extnets: [{name: safe, protected: true}]}\n')
    await api('import -n /d -f kept.yaml')
    const dry = await api('import -n /d --delete --label kept --dry-run')
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('safe (protected)') as string })
    expect(dry.stderr).toContain('which needs --override')
    const run = await api('import -n /d --delete --label kept')
    expect(run).toMatchObject({ exitCode: 3, stdout: '' })
    expect(run.stderr).toContain('Nothing was changed: an import happens whole or not at all.')
    expect(await names('/d')).toEqual(['safe'])
    expect(await api('import -n /d --delete --label kept --override')).toMatchObject({ exitCode: 0 })
  })

  it('of several labels does what can be done, and says 5', async () => {
    await api('import -n /d -f kept.yaml')
    const two = 'label: kept\ndata: {}\n---\nlabel: fine\ndata: {extnets: [{name: x}]}\n'
    scene.file('two.yaml', two)
    const run = await api('import -n /d -f two.yaml')
    expect(run.exitCode).toBe(5)
    expect(run.stdout).toMatch(
      /^kept in \/d: failed, nothing was changed: .*protected.*\n\nfine in \/d: 1 created/,
    )
    expect(await names('/d')).toEqual(['safe', 'x'])
    await api('import -n /d -f two.yaml --delete --override')
    expect(await names('/d')).toEqual([])
  })

  it('warns of kinds that this Console does not carry', async () => {
    scene.file('strange.yaml', 'label: s\ndata: {enforcers: [{name: x, FQDN: x}]}\n')
    const dry = await api('import -n /d -f strange.yaml --dry-run')
    expect(dry.stderr).toContain('may be refused: this Console exports no enforcers')
  })

  it('works for who may import and not look', async () => {
    const restrictedPermissions = ['import,post', 'externalnetwork,post,get,put,delete']
    const token = await issueTestToken(scene.console, {
      credential: scene.console.adminCredential,
      more: { restrictedPermissions },
    })
    const env = {
      APOCTL_TOKEN: token,
      APOCTL_CREDS: '',
      APOCTL_API_CACERT: join(scene.console.dataDir, 'ca.pem'),
    }
    scene.file('blind.yaml', 'label: blind\ndata: {extnets: [{name: x}]}\n')
    const run = await api('import -n /d -f blind.yaml', { env })
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain('what that changed is not known')
    expect(await api('import -n /d -f blind.yaml --dry-run', { env })).toMatchObject({ exitCode: 3 })
    await api('import -n /d --delete --label blind')
  })

  it('says that it is not known when the Console goes in the middle', async () => {
    // Lets the small requests through, which ask for a token and for what is there, and cuts the import.
    const target = Number(new URL(scene.console.url).port)
    const relay = createTcpServer((socket) => {
      const up = createTcpConnection(target)
      socket.on('error', () => undefined).pipe(up)
      up.pipe(socket)
      let sent = 0
      socket.on('data', (chunk: Buffer) => {
        sent += chunk.length
        if (sent > 30_000) {
          socket.destroy()
          up.destroy()
        }
      })
    })
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
    const { port } = relay.address() as AddressInfo
    const many = Array.from({ length: 500 }, (_, n) => `{name: n${n}, description: ${'x'.repeat(200)}}`)
    scene.file('long.yaml', `label: long\ndata: {extnets: [${many.join(', ')}]}\n`)
    const run = await api('import -n /d -f long.yaml', { env: { APOCTL_API: `https://127.0.0.1:${port}` } })
    relay.close()
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).toContain('It is not known whether "long" was imported, whole or not at all')
    expect(await names('/d')).toEqual([])
  })
})

describe('api import --url', () => {
  let server: Server
  let address: string
  let env: Record<string, string>
  const seen: (string | undefined)[] = []
  beforeAll(async () => {
    const { key, cert } = makeCertificate()
    scene.file('authority.pem', cert)
    server = createServer({ key, cert }, (request, response) => {
      seen.push(request.headers.authorization)
      const answers: Record<string, () => void> = {
        '/policies.yaml': () => response.end(policies),
        '/moved': () => response.writeHead(302, { location: '/policies.yaml?token=hidden' }).end(),
        '/policies.yaml?token=hidden': () => response.end(policies.replace('name: db', 'nmae: db')),
        '/down': () => response.writeHead(302, { location: 'http://127.0.0.1/x' }).end(),
        '/round': () => response.writeHead(307, { location: '/round' }).end(),
        '/page': () => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
        '/bytes': () => response.end(Buffer.from([0xff, 0xfe, 0x00])),
        '/busy': () => response.writeHead(503).end(),
        '/cut': () => {
          response.writeHead(200, { 'content-length': '100' }).write('label')
          setTimeout(() => response.destroy(), 50)
        },
        '/endless': () => {
          response.writeHead(200)
          const more = (): void => {
            while (!response.destroyed && response.write('#'.repeat(65_536)));
          }
          response.on('drain', more)
          more()
        },
      }
      ;(answers[request.url ?? ''] ?? (() => response.writeHead(404).end()))()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    env = { NODE_EXTRA_CA_CERTS: join(scratchFolder(), 'authority.pem') }
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('fetches the file from who can be trusted, and tells nobody who we are', async () => {
    const run = await api(['import', '-n', '/d', '--url', `${address}/policies.yaml`, '--dry-run'], { env })
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(run.stdout).toContain(`+ externalnetworks  db  ${address}/policies.yaml:4\n`)
    expect(seen).toEqual([undefined])
  })

  it('does not take it from anybody else', async () => {
    const run = await api(['import', '-n', '/d', '--url', `${address}/policies.yaml`])
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).toContain('NODE_EXTRA_CA_CERTS=FILE')
  })

  it.each([
    ['moved', 2, /policies\.yaml:4: externalnetworks have no attribute "nmae"/],
    ['down', 2, /where https:.*\/down leads to is no https address/],
    ['round', 4, /leads from address to address without end/],
    ['page', 2, /is a page to look at/],
    ['bytes', 2, /is no text in UTF-8/],
    ['busy', 4, /answered HTTP 503/],
    ['missing', 2, /answered HTTP 404/],
    ['cut', 4, /cannot be reached/],
    ['endless', 2, /is longer than 33554432 bytes/],
  ])('says what is wrong with /%s', async (path, exitCode, said) => {
    const run = await api(['import', '-n', '/d', '--url', `${address}/${path}`], { env })
    expect(run).toMatchObject({ exitCode, stdout: '' })
    expect(run.stderr).toMatch(said)
    expect(run.stderr).not.toContain('hidden')
  })
})
