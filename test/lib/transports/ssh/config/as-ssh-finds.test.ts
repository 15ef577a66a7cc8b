import { describe, expect, it } from 'vitest'
import { bothAnswersOn, type MadeUpMachine } from '../../../../helpers/ssh-namespace.ts'

async function expectSame(machine: MadeUpMachine) {
  const answers = await bothAnswersOn(machine)
  expect(answers.map(({ host, ours }) => ({ host, ...ours }))).toEqual(
    answers.map(({ host, real }) => ({ host, ...real })),
  )
  return Object.fromEntries(answers.map(({ host, ours }) => [host, ours]))
}

async function expectRefused(machine: Omit<MadeUpMachine, 'hosts'>) {
  const [answer] = await bothAnswersOn({ ...machine, hosts: ['web1'] })
  expect(answer?.real).toHaveProperty('refused')
  expect(answer?.ours).toHaveProperty('refused')
  return answer?.ours['refused']
}

describe('the files of ssh_config', () => {
  it('are those of the user and then of the system, with what they include', async () => {
    const answers = await expectSame({
      files: {
        '/root/.ssh/config':
          'Include early.d/* nothing.d/*.conf\nHost web1\n Port 2201\n Include late\nHost db\n Include late ~/elsewhere\n',
        '/root/.ssh/early.d/b': 'HostKeyAlias from-b\nUser from-b\n',
        '/root/.ssh/early.d/a': 'Host web1\n User from-a\nHost *\n ConnectTimeout 3\n',
        '/root/.ssh/early.d/.hidden': 'Port 1\n',
        '/root/.ssh/late': 'Host db web1\n Port 2202\nMatch host db\n IdentityFile ~/.ssh/late\n',
        '/root/elsewhere': 'IdentityFile /elsewhere\n',
        '/etc/ssh/ssh_config':
          'Include /etc/ssh/ssh_config.d/*.conf relative\nHost *\n User from-system\n HashKnownHosts yes\n IdentityFile ~/.ssh/system\n',
        '/etc/ssh/ssh_config.d/10-a.conf':
          'Host x\n Port 2210\nHost *\n ConnectTimeout 9\n ServerAliveInterval 9\n',
        '/etc/ssh/ssh_config.d/20-b.conf': 'Match final\n ServerAliveCountMax 7\n',
        '/etc/ssh/ssh_config.d/README': 'NoSuchThing\n',
        '/etc/ssh/relative': 'Host y\n HostName from-relative.example\n',
      },
      hosts: ['web1', 'db', 'x', 'y', 'Z'],
    })
    expect(answers['web1']).toMatchObject({ user: 'from-a', port: '2201', hashknownhosts: 'yes' })
    expect(answers['y']).toMatchObject({ hostname: 'from-relative.example', serveralivecountmax: '7' })
  })

  it('need not be there', async () => {
    await expectSame({ files: {}, hosts: ['web1'] })
  })

  it('may be written by a group that nobody else is in', async () => {
    await expectSame({ files: { '/root/.ssh/config': { text: 'User a\n', mode: 0o664 } }, hosts: ['web1'] })
  })

  it.each([
    ['~/.ssh/config', { '/root/.ssh/config': { text: 'User a\n', mode: 0o606 } }],
    ['an include', { '/root/.ssh/config': 'Include x\n', '/root/.ssh/x': { text: 'User a\n', mode: 0o602 } }],
    [
      'an include of the system',
      { '/etc/ssh/ssh_config': 'Include x\n', '/etc/ssh/x': { text: 'User a\n', mode: 0o602 } },
    ],
  ])('are refused when others could write %s', async (_, files) => {
    expect(await expectRefused({ files })).toMatch(/others could write it/)
  })

  it('of the system may be written by others, as ssh has it', async () => {
    await expectSame({ files: { '/etc/ssh/ssh_config': { text: 'User a\n', mode: 0o666 } }, hosts: ['web1'] })
  })

  it.each([
    ['a home in a file of the system', { '/etc/ssh/ssh_config': 'Include ~/x\n' }, '/etc/ssh/ssh_config:1: '],
    [
      'a wrong line in a block that does not apply',
      { '/root/.ssh/config': 'Host other\n Include x\n', '/root/.ssh/x': '\nHost more\n Port x\n' },
      '/root/.ssh/x:3: ',
    ],
    ['a file that includes itself', { '/root/.ssh/config': 'Include config\n' }, '/root/.ssh/config:1: '],
  ])('refuse %s', async (_, files, place) => {
    expect(await expectRefused({ files })).toContain(place)
  })
})

describe('the names of hosts', () => {
  const names = {
    'web1.a.example': { address: '10.0.0.1' },
    'web1.b.example': { address: '10.0.0.2' },
    'db.b.example': { alias: 'db7.pool.example' },
    'db7.pool.example': { address: '10.0.0.3' },
    'www.a.example': { alias: 'cdn.other.example' },
    'cdn.other.example': { alias: 'edge.other.example' },
    'edge.other.example': { address: '10.0.0.4' },
    'plain.example': { alias: 'real.example' },
    'real.example': { address: '10.0.0.5' },
    'web1.x.y.a.example': { address: '10.0.0.6' },
  }
  const config = (...lines: string[]) => ({ '/root/.ssh/config': `${lines.join('\n')}\n` })
  const blocks = [
    'Host *.a.example',
    ' Port 2201',
    'Host *.b.example',
    ' Port 2202',
    'Host *.example',
    ' User known',
  ]

  it('are completed with the domains that they are in', async () => {
    const answers = await expectSame({
      files: config('CanonicalizeHostname yes', 'CanonicalDomains a.example b.example', ...blocks),
      names,
      hosts: ['web1', 'WEB1', 'db', 'nowhere', 'web1.a.example', 'web1.x.y', 'web1.a.example.', '10.0.0.1'],
    })
    expect(answers['web1']).toMatchObject({ hostname: 'web1.a.example', port: '2201', user: 'known' })
    expect(answers['db']).toMatchObject({ hostname: 'db.b.example', port: '2202' })
  })

  it('are left alone when they have dots enough', async () => {
    for (const dots of [0, 2, 3])
      await expectSame({
        files: config(
          'CanonicalizeHostname yes',
          'CanonicalDomains a.example',
          `CanonicalizeMaxDots ${dots}`,
          ...blocks,
        ),
        names,
        hosts: ['web1', 'web1.x', 'web1.x.y'],
      })
  })

  it('follow the aliases that are permitted', async () => {
    const answers = await expectSame({
      files: config(
        'CanonicalizeHostname yes',
        'CanonicalDomains a.example b.example',
        'CanonicalizePermittedCNAMEs *.b.example:*.pool.example *.a.example:none.example,*.cdn.example',
        ...blocks,
      ),
      names,
      hosts: ['db', 'www', 'web1'],
    })
    expect(answers['db']).toMatchObject({ hostname: 'db7.pool.example' })
    expect(answers['www']).toMatchObject({ hostname: 'www.a.example' })
  })

  it('follow aliases through other aliases, and those of whole names', async () => {
    const answers = await expectSame({
      files: config(
        'CanonicalizeHostname yes',
        'CanonicalDomains a.example',
        'CanonicalizePermittedCNAMEs *',
        ...blocks,
      ),
      names,
      hosts: ['www', 'plain.example', 'web1'],
    })
    expect(answers['www']).toMatchObject({ hostname: 'edge.other.example' })
    expect(answers['plain.example']).toMatchObject({ hostname: 'real.example' })
  })

  it('are the business of a proxy where there is one, unless asked for always', async () => {
    for (const word of ['yes', 'always'])
      await expectSame({
        files: config(
          `CanonicalizeHostname ${word}`,
          'CanonicalDomains a.example',
          'CanonicalizePermittedCNAMEs *',
          'ProxyJump bastion',
          ...blocks,
        ),
        names,
        hosts: ['web1', 'www'],
      })
  })

  it('must be found where nothing else may be tried', async () => {
    const files = config(
      'CanonicalizeHostname yes',
      'CanonicalDomains x.example',
      'CanonicalizeFallbackLocal no',
    )
    expect(await expectRefused({ files, names })).toMatch(/config:3: web1 is in none of the CanonicalDomains/)
  })
})
