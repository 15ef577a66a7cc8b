import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InstallArtefactReport } from '../../../src/lib/install/render/render-install.ts'
import type { E2eHost } from '../hosts/host.ts'
import { diffSnapshots } from '../hosts/snapshot.ts'
import { withPrograms } from '../hosts/with-programs.ts'
import { apoctl, demandExit, documentOf, eventually } from '../program.ts'
import { openScene, type Scene } from '../scene.ts'

const run = promisify(execFile)

let scene: Scene
beforeAll(async () => {
  scene = await openScene({ hosts: 4 })
  await withPrograms(scene.lab.hosts, ['python3', 'cloud-init'])
})
afterAll(() => scene.close())

const fromConsole = ['--from-url', 'console', '--tag', "note=it's {{ a }} ${b} %{if c}"]
async function render(engine: string, ...more: readonly string[]): Promise<InstallArtefactReport> {
  const folder = join(scene.folder, `${engine}-${Math.random().toString(36).slice(2)}`)
  const words = ['enforcer', 'install', 'linux', ...scene.there, '--render', engine, '--json'] as const
  const ended = demandExit(await apoctl([...words, '--output-dir', folder, ...more]), 0)
  return documentOf<InstallArtefactReport>(ended, 'InstallArtefactReport')
}

const enrolmentToken = () => tokenFor('@auth:role=enforcer', 'package,get')
const tokenFor = (...restrictedPermissions: readonly string[]) =>
  scene.console.token({ restrictedNamespace: scene.namespace, restrictedPermissions, validity: '30m' })

/** Puts a file on a host, behind everybody's back. */
async function put(host: E2eHost, file: { path: string; text: string; mode?: number }): Promise<void> {
  const inside = `/proc/${await host.initPid()}/root${file.path}`
  mkdirSync(dirname(inside), { recursive: true })
  writeFileSync(inside, file.text, { mode: file.mode ?? 0o600 })
}

const connected = (...names: readonly string[]) =>
  eventually(
    async () => {
      const { enforcers } = await scene.known()
      const all = enforcers.filter(({ operationalStatus }) => operationalStatus === 'Connected')
      return names.every((name) => all.some((one) => one.name === name)) ? all : undefined
    },
    { what: `${names.join(', ')} connected`, forMs: 60_000 },
  )

/** An installation of our own finds nothing to do: what the engine left is what we would have left. */
async function isAsWeInstall(...names: readonly string[]): Promise<void> {
  const words = [
    'enforcer',
    'install',
    'linux',
    ...scene.there,
    ...scene.onHosts(...names),
    '--confirm',
  ] as const
  const ended = demandExit(await apoctl([...words, ...fromConsole]), 0)
  expect(ended.stdout).toContain(`${names.length} unchanged`)
}

describe('cloud-init', () => {
  /** A machine's first start, without what cloud-init would do to it besides: keys, names, networks. */
  const start = async (host: E2eHost, userData: string) => {
    const modules =
      'cloud_init_modules: [write-files]\ncloud_config_modules: [runcmd]\ncloud_final_modules: [scripts-user]\n'
    const log = "output: {all: '>> /var/log/cloud-init-output.log'}\n"
    const settings = `datasource_list: [NoCloud]\nnetwork: {config: disabled}\n${log}${modules}`
    const id = Math.random().toString(36).slice(2)
    await put(host, { path: '/etc/cloud/cloud.cfg', text: settings })
    await put(host, { path: '/var/lib/cloud/seed/nocloud/meta-data', text: `instance-id: ${id}\n` })
    await put(host, { path: '/var/lib/cloud/seed/nocloud/user-data', text: userData })
    return host.run(
      'cd /; cloud-init clean --logs; cloud-init init && cloud-init modules --mode=config && cloud-init modules --mode=final; e=$?; ' +
        'cat /var/log/cloud-init-output.log 2>/dev/null; exit $e',
      { timeoutMs: 240_000 },
    )
  }

  test('installs at the first start of a machine, removes the token, and does nothing for a second one', async () => {
    const { files, tokenExpiresAt } = await render('cloud-init', ...fromConsole, '--token-validity', '10m')
    const [file] = files
    expect(statSync(file!.file).mode & 0o777).toBe(0o600)
    expect(file).toMatchObject({ isSecret: true })
    expect(Date.parse(tokenExpiresAt!) - Date.now()).toBeLessThan(11 * 60_000)
    expect((await run('cloud-init', ['schema', '--config-file', file!.file])).stdout).toContain('Valid')
    const host = scene.host('host1')
    const userData = readFileSync(file!.file, 'utf8')
    const first = await start(host, userData)
    expect(first, first.stdout + first.stderr).toMatchObject({ exitCode: 0 })
    const [enforcer] = await connected('host1')
    expect([...enforcer!.associatedTags, ...enforcer!.normalizedTags]).toContain(
      "note=it's {{ a }} ${b} %{if c}",
    )
    expect(await host.run('test -e /run/prisma-enforcer-install')).toMatchObject({ exitCode: 1 })
    const installed = await host.mustRun('stat -c %i-%Y /var/lib/prisma-enforcer/* /opt/prisma-enforcer/*')
    const second = await start(host, userData)
    expect(second, second.stdout + second.stderr).toMatchObject({ exitCode: 0 })
    expect(second.stdout + second.stderr).toContain('nothing to do')
    expect(await host.mustRun('stat -c %i-%Y /var/lib/prisma-enforcer/* /opt/prisma-enforcer/*')).toBe(
      installed,
    )
    await isAsWeInstall('host1')
  })

  test('fails and leaves nothing behind where the token is not taken', async () => {
    const { files } = await render('cloud-init', ...fromConsole)
    const host = scene.host('host4')
    const userData = readFileSync(files[0]!.file, 'utf8')
    const wrong = Buffer.from('not.a.token\n').toString('base64')
    const token = /path: \S+\/token\n(?:.*\n)*? +content: (\S+)/.exec(userData)![1]!
    const before = await host.snapshot()
    const failed = await start(host, userData.replace(token, wrong))
    expect(failed.exitCode, failed.stdout).not.toBe(0)
    expect(failed.stdout + failed.stderr).toContain('error: prisma-enforcer was not installed')
    const differs = diffSnapshots(before, await host.snapshot())
    expect(differs.filter((line) => line.includes('prisma'))).toEqual([])
    expect(await host.run('test -e /run/prisma-enforcer-install')).toMatchObject({ exitCode: 1 })
  })
})

describe('Ansible', () => {
  const play = async (folder: string, ...more: readonly string[]) =>
    playWith(await enrolmentToken(), { folder, more })
  const playWith = async (
    token: string,
    { folder, more }: { readonly folder: string; readonly more: readonly string[] },
  ) => {
    const words = ['-i', join(folder, 'inventory.yml'), join(folder, 'site.yml'), ...more]
    const env = {
      ...{ PATH: process.env['PATH'], HOME: scene.folder, LC_ALL: 'C.UTF-8' },
      ENFORCERD_TOKEN: token,
    }
    const { stdout, code } = await run('ansible-playbook', words, { env, maxBuffer: 1 << 26 }).then(
      (ended) => ({ ...ended, code: 0 }),
      (error: unknown) => error as { stdout: string; code: number },
    )
    const recap = [...stdout.matchAll(/^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=(\d+)/gm)]
    return { code, stdout, token, recap: recap.map(([, ...found]) => found) }
  }

  test('installs on hosts of the inventory, and changes nothing the second time', async () => {
    const { files } = await render('ansible', ...fromConsole, ...scene.onHosts('host2', 'host3'))
    const folder = dirname(files.find(({ file }) => file.endsWith('site.yml'))!.file)
    await run('ansible-lint', ['--offline', '--nocolor', '.'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: scene.folder },
    })
    const checked = await play(folder, '--check')
    expect(checked.recap, checked.stdout).toEqual([
      ['host2', '1', '0'],
      ['host3', '1', '0'],
    ])
    expect(await scene.host('host2').run('test -e /opt/prisma-enforcer')).toMatchObject({ exitCode: 1 })
    for (const token of ['', 'not.a.token']) {
      const failed = await playWith(token, { folder, more: ['--limit', 'host2'] })
      expect(failed.recap, failed.stdout).toEqual([['host2', token === '' ? '0' : expect.any(String), '1']])
      expect(failed.stdout).toContain(token === '' ? 'Give the token' : 'prisma-enforcer was not installed')
      expect(await scene.host('host2').run('test -e /opt/prisma-enforcer')).toMatchObject({ exitCode: 1 })
    }
    const first = await play(folder, '-vvv')
    expect(first, first.stdout).toMatchObject({ code: 0 })
    expect(first.stdout).not.toContain(first.token)
    await connected('host2', 'host3')
    for (const mode of [[], ['--check']]) {
      const second = await play(folder, ...mode)
      expect(second.recap, second.stdout).toEqual([
        ['host2', '0', '0'],
        ['host3', '0', '0'],
      ])
    }
    expect(await scene.host('host2').mustRun('ls /tmp')).not.toMatch(/\.prisma-enforcer$/m)
    await isAsWeInstall('host2', 'host3')
  })
})

describe('Systems Manager', () => {
  interface Document {
    readonly mainSteps: readonly { readonly inputs: { readonly runCommand: readonly string[] } }[]
  }
  /** All that is not real: what the command line of AWS would answer. */
  const aws = (token: string, weak: string) => `#!/bin/sh
echo "$AWS_DEFAULT_REGION $*" >> /root/asked
case "$*" in
  "ssm get-parameter --name /acme/token --with-decryption --query Parameter.Value --output text") echo '${token}' ;;
  *" --name /acme/weak "*) echo '${weak}' ;;
  *) echo 'An error occurred (ParameterNotFound)' >&2; exit 254 ;;
esac
`
  test('runs the document of a host that fetches the token itself, once', async () => {
    const { files } = await render('ssm', ...fromConsole, '--connected-within', '20s')
    const document = JSON.parse(readFileSync(files[0]!.file, 'utf8')) as Document
    const host = scene.host('host4')
    await put(host, {
      path: '/usr/local/bin/aws',
      text: aws(await enrolmentToken(), await tokenFor('package,get')),
      mode: 0o755,
    })
    const runAs = async (parameter: string) => {
      const text = document.mainSteps[0]!.inputs.runCommand.join('\n').replaceAll(
        '{{ TokenParameter }}',
        parameter,
      )
      await put(host, { path: '/root/_script.sh', text, mode: 0o700 })
      return host.run('AWS_SSM_REGION_NAME=eu-south-2 /root/_script.sh', { timeoutMs: 240_000 })
    }
    const lost = await runAs('/acme/other')
    expect(lost).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('/acme/other could not be fetched'),
    })
    const weak = await runAs('/acme/weak')
    expect(weak, weak.stderr).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`not installed, this failed: register with ${scene.console.url}`),
    })
    expect(await host.run('ls /opt/prisma-enforcer /var/lib/prisma-enforcer')).toMatchObject({ stdout: '' })
    const first = await runAs('/acme/token')
    expect(first, first.stderr).toMatchObject({ exitCode: 0 })
    await connected('host4')
    const second = await runAs('/acme/token')
    expect(second).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('nothing to do') })
    const asked = await host.mustRun('cat /root/asked')
    expect(asked.trim().split('\n')).toHaveLength(3)
    expect(asked).toMatch(/^eu-south-2 ssm/)
    expect(await host.mustRun('ls /tmp')).not.toMatch(/^tmp/m)
    await host.mustRun('sed -i s/e2e/other/ /var/lib/prisma-enforcer/prisma-enforcer.conf')
    const other = await runAs('/acme/token')
    expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('with other settings') })
  })
})
