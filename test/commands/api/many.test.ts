import { once } from 'node:events'
import { beforeAll, describe, expect, it } from 'vitest'
import { finished, startApoctl } from '../../helpers/run-apoctl.ts'
import { apiScene } from './scene.ts'

const scene = apiScene()
const { api } = scene

beforeAll(async () => {
  const namespaces = ['web', 'mail', 'old-1', 'old-2', 'old-3'].map((name) => `name: ${name}`).join('\n---\n')
  await api('create ns -n / -f -', { stdin: namespaces })
  await api(['update', 'ns', '/old-3', '-k', 'protected', 'true'])
  await api(['update', 'ns', '/mail', '-k', 'associatedTags', 'serves=WEB-mail'])
})

describe('api delete-many', () => {
  const old = ['delete-many', 'ns', '-f', 'name matches "/old-.*"']

  it('says how many there are, and deletes none, without --confirm', async () => {
    const run = await api(old)
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toMatch(/3 namespaces of \/ would be deleted .*\n.*--confirm/)
    expect((await api([...old, '--dry-run', '--jq', 'length'])).stdout).toBe('3\n')
    expect((await api('count ns -f protected==true')).stdout).toBe('1\n')
  })

  it.runIf(process.platform === 'linux')('wants the number typed on a terminal', async () => {
    const refused = await scene.terminal(old, { stdin: 'y\r', after: 'Type 3' })
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toContain('APO-DECLINED')
  })

  it('goes on when the Console keeps one, and says 5', async () => {
    const run = await api([...old, '--confirm', '-o', 'csv', '-c', 'name'])
    expect(run.stdout).toBe('name\r\n/old-1\r\n/old-2\r\n')
    expect(run.exitCode).toBe(5)
    expect(run.stderr).toContain('protected')
    expect(await api([...old, '--confirm', '--override'])).toMatchObject({ exitCode: 0 })
    expect(await api(old)).toMatchObject({ exitCode: 0, stdout: '', stderr: '/: no namespaces match\n' })
  })
})

describe('api search', () => {
  it('finds names, tags and IDs in every kind', async () => {
    const found = (await api('search web -r')).stdout
    expect(found).toMatch(/^namespaces$/m)
    expect(found).toMatch(/^\/web /m)
    expect(found).toMatch(/^\/mail /m)
    const ID = (await api('get ns /web --jq .ID')).stdout.trim()
    const report = JSON.parse((await api(['search', ID, '-r', '--json'])).stdout) as { kinds: unknown[] }
    expect(report.kinds).toMatchObject([{ resource: 'namespaces', objects: [{ name: '/web' }] }])
  })

  it('takes every character as it is', async () => {
    expect((await api(['search', '.*(', '-r'])).stdout).toContain('nothing has')
  })
})

describe('api info', () => {
  it('is a profile that works', async () => {
    const info = await api('info -n /web')
    scene.file('profile.yaml', info.stdout)
    const env = { APOCTL_API: '', APOCTL_CREDS: '', APOCTL_NAMESPACE: '' }
    const run = await api('info --config profile.yaml', { env })
    expect(run).toMatchObject({ exitCode: 0, stdout: info.stdout })
    expect(info.stdout).toContain('namespace: /web\n')
  })
})

describe('api listen', () => {
  it('shows what happens, and ends with Ctrl-C', async () => {
    const child = startApoctl(['api', 'listen', '-r', '--identity', 'ns', '-o', 'jsonl'], { env: scene.env })
    const end = finished(child)
    await once(child.stderr, 'data')
    const heard = once(child.stdout, 'data')
    await api('create ns -k name heard')
    await heard
    child.kill('SIGINT')
    const run = await end
    expect(run.exitCode).toBe(130)
    expect(JSON.parse(run.stdout.split('\n')[0] ?? '')).toMatchObject({
      type: 'create',
      identity: 'namespace',
      entity: { name: '/heard' },
    })
  })
})
