import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openConsole } from '../../../../src/lib/api/open-console.ts'
import type { FleetHost } from '../../../../src/lib/fleet/fleet-host.ts'
import { mergeConfiguration } from '../../../../src/lib/install/linux/configuration.ts'
import type { RenderOptions } from '../../../../src/lib/install/render/artefact-content.ts'
import { renderInstall } from '../../../../src/lib/install/render/render-install.ts'
import { systemClock } from '../../../../src/lib/async/clock.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { ansibleInventory } from '../../../helpers/ansible.ts'
import { issueTestToken, startTestConsole, type TestConsole } from '../../../helpers/console.ts'
import { aBundle } from '../a-bundle.ts'

const run = promisify(execFile)
// Its types bring along those of a browser, which are other ones than Node's.
const { parse: parseHcl } = createRequire(import.meta.url)('@cdktf/hcl2json') as {
  readonly parse: (name: string, text: string) => Promise<Record<string, never>>
}
/** What each engine has for something of its own, and what a shell, YAML, JSON and HCL would stumble over. */
const hostile = [
  `a='"\`$(reboot) \\`,
  'b={{ lookup("pipe", "reboot") }} {% raw %}',
  'c=${token} %{ if true } $${x} %%{y}',
  'd=- #cloud-config: &x !y | > \u2028',
]

let console: TestConsole
let token: string
let folder: string
beforeAll(async () => {
  console = await startTestConsole()
  token = await issueTestToken(console, { credential: console.adminCredential })
})
afterAll(() => console.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apoctl-render-'))
  return () => rmSync(folder, { recursive: true })
})

const configuration = {
  api: 'https://c:1',
  namespace: '/a',
  apiSkipVerify: false,
  hasAuthority: false,
  tags: hostile,
  rawFlags: `--log-level=debug '{{ x }}' \${y}`,
}

function render(engine: RenderOptions['engine'], change: Partial<RenderOptions> = {}) {
  const options: RenderOptions = {
    bundleFor: () => Promise.resolve(aBundle()),
    configuration,
    authorityPem: undefined,
    delivery: { type: 'mirror', url: 'https://mirror/enforcer' },
    connectTimeoutMs: 1000,
    engine,
    folder,
    hosts: [],
    tokenValidity: '10m0s',
    ...change,
  }
  const login = { kind: 'token', token: new Secret(token) } as const
  const trust = { skipVerify: false, authoritiesPem: console.caPem }
  const client = openConsole(
    { api: console.url, namespace: '/', login, trust },
    { clock: systemClock, random: Math.random },
  )
  const context = { console: client, signal: AbortSignal.timeout(30_000), version: '1.2.3' }
  return renderInstall(options, context).finally(() => client.close())
}

const written = (file: string) => readFileSync(join(folder, file), 'utf8')

/** The script must be one, and have in its package the configuration, to the byte. */
function demandScript(script: string): void {
  const path = join(mkdtempSync(join(folder, 'script-')), 's')
  const [text = '', payload] = script.split('\n__APOCTL_PAYLOAD__\n')
  writeFileSync(path, `${text}\n`)
  execFileSync('sh', ['-n', path])
  execFileSync('shellcheck', ['--severity=warning', path], { stdio: ['ignore', 'inherit', 'inherit'] })
  expect(payload).toContain(mergeConfiguration(configuration, undefined))
}

const packed = (base64: string) => gunzipSync(Buffer.from(base64, 'base64')).toString('utf8')

async function demandCloudConfig(text: string): Promise<{ content: string; permissions: string }[]> {
  const file = join(mkdtempSync(join(folder, 'schema-')), 'user-data')
  writeFileSync(file, text)
  expect((await run('cloud-init', ['schema', '--config-file', file])).stdout).toContain('Valid')
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16_384)
  return (parse(text) as { write_files: { content: string; permissions: string }[] }).write_files
}

describe('user data for cloud-init', () => {
  it('fits into EC2, fits the schema of cloud-init, and has script and token in files of root', async () => {
    const report = await render('cloud-init')
    expect(report.files).toMatchObject([{ file: join(folder, 'cloud-init.yaml'), isSecret: true }])
    expect(statSync(join(folder, 'cloud-init.yaml')).mode & 0o777).toBe(0o600)
    const [script, secret] = await demandCloudConfig(written('cloud-init.yaml'))
    demandScript(packed(script!.content))
    expect(secret).toMatchObject({ permissions: '0600' })
  })

  it('carries a token that can register enforcers there, for as long as was said, and nothing more', async () => {
    const { tokenExpiresAt } = await render('cloud-init')
    const [, secret] = await demandCloudConfig(written('cloud-init.yaml'))
    const carried = Buffer.from(secret!.content, 'base64').toString('utf8').trim()
    const claims = JSON.parse(Buffer.from(carried.split('.')[1]!, 'base64url').toString()) as {
      exp: number
      iat: number
      restrictions: object
    }
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(600)
    expect(claims.restrictions).toEqual({ namespace: '/a', perms: ['@auth:role=enforcer'] })
    expect(Date.parse(tokenExpiresAt!)).toBe(claims.exp * 1000)
  })

  it('is refused when authorities make it larger than EC2 takes, and nothing is written', async () => {
    const authorityPem = randomBytes(12_000).toString('base64')
    await expect(render('cloud-init', { authorityPem })).rejects.toMatchObject({
      code: 'APO-INSTALL-TOO-LARGE',
    })
    await expect(render('terraform-user-data', { authorityPem })).rejects.toMatchObject({
      code: 'APO-INSTALL-TOO-LARGE',
    })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a Terraform module', () => {
  it('is HCL, and what its template becomes is the user data of cloud-init', async () => {
    await render('terraform-user-data')
    const parsed: Record<string, never>[] = []
    for (const file of ['main.tf', 'variables.tf', 'outputs.tf'])
      parsed.push(await parseHcl(file, written(file)))
    expect(parsed[1]).toMatchObject({ variable: { apoctl_token: [{ sensitive: true, nullable: false }] } })
    expect(parsed[2]).toMatchObject({
      output: { user_data: [{ sensitive: true }], user_data_base64: [{ sensitive: true }] },
    })
    const template = written('cloud-init.yaml.tftpl')
    // The parser of HCL reads it as the template that it is: a wrong sign would be an error.
    await parseHcl('template.tf', `x = <<END\n${template}\nEND\n`)
    const rendered = template.replace('${token}', Buffer.from('t\n').toString('base64'))
    expect(rendered.replace(/[$%]{2}\{/g, '')).not.toMatch(/[$%]\{/)
    const [script, secret] = await demandCloudConfig(rendered)
    demandScript(packed(script!.content))
    expect(Buffer.from(secret!.content, 'base64').toString()).toBe('t\n')
  })
})

describe('a document for Systems Manager', () => {
  /** The shape of schema 2.2, as AWS documents it. */
  const shape = {
    type: 'object',
    additionalProperties: false,
    required: ['schemaVersion', 'mainSteps'],
    properties: {
      schemaVersion: { const: '2.2' },
      description: { type: 'string' },
      parameters: {
        type: 'object',
        propertyNames: { pattern: '^[a-zA-Z0-9]+$' },
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          required: ['type'],
          properties: {
            type: { enum: ['String', 'StringList', 'Integer', 'Boolean', 'MapList', 'StringMap'] },
            description: { type: 'string' },
            default: { type: 'string' },
            allowedValues: { type: 'array' },
            allowedPattern: { type: 'string', format: 'regex' },
            displayType: { enum: ['textfield', 'textarea'] },
            minItems: { type: 'integer' },
            maxItems: { type: 'integer' },
            minChars: { type: 'integer' },
            maxChars: { type: 'integer' },
          },
        },
      },
      mainSteps: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['action', 'name', 'inputs'],
          properties: {
            action: { const: 'aws:runShellScript' },
            name: { type: 'string', pattern: '^[a-zA-Z0-9_-]+$' },
            precondition: {
              type: 'object',
              additionalProperties: false,
              properties: { StringEquals: { const: ['platformType', 'Linux'] } },
            },
            inputs: {
              type: 'object',
              additionalProperties: false,
              required: ['runCommand'],
              properties: {
                timeoutSeconds: { type: 'string', pattern: '^\\d+$' },
                workingDirectory: { type: 'string' },
                runCommand: { type: 'array', items: { type: 'string' } },
              },
            },
          },
        },
      },
    },
  }

  it('has the shape that AWS documents, no token, and only one thing for the agent to fill in', async () => {
    await render('ssm')
    const text = written('ssm-document.json')
    const document = JSON.parse(text) as { mainSteps: { inputs: { runCommand: string[] } }[] }
    const ajv = new Ajv({ allErrors: true, formats: { regex: true } })
    expect(ajv.validate(shape, document), JSON.stringify(ajv.errors)).toBe(true)
    expect(new Set(text.match(/\{\{.*?\}\}/g))).toEqual(new Set(['{{ TokenParameter }}']))
    const lines = document.mainSteps[0]!.inputs.runCommand
    const path = join(folder, 'lines')
    writeFileSync(path, lines.join('\n').replaceAll('{{ TokenParameter }}', '/a/b'))
    execFileSync('shellcheck', ['--severity=warning', path])
    const [begin, end] = [lines.findIndex((line) => line.includes('<<')), lines.indexOf('END_OF_SCRIPT')]
    demandScript(packed(lines.slice(begin + 1, end).join('')))
  })
})

describe('a playbook', () => {
  const hosts: readonly FleetHost[] = [
    { type: 'ssh', name: 'web1', address: '10.0.0.1', user: 'ops', port: 2222, identityFile: '/k', tags: [] },
    { type: 'ssh', name: 'web2', address: 'web2', become: 'none', knownHostsFile: '/a b/known', tags: [] },
    { type: 'local', name: 'localhost', tags: [] },
  ]

  it('is one to Ansible, has no complaint of ansible-lint, and names the hosts as Ansible does', async () => {
    await render('ansible', { hosts })
    const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8' }
    await run('ansible-playbook', ['--syntax-check', '-i', 'inventory.yml', 'site.yml'], { cwd: folder, env })
    await run('ansible-lint', ['--offline', '--nocolor', '.'], { cwd: folder, env })
    const { hostVariables } = await ansibleInventory([join(folder, 'inventory.yml')])
    expect(hostVariables).toEqual({
      web1: {
        ansible_host: '10.0.0.1',
        ansible_user: 'ops',
        ansible_port: 2222,
        ansible_ssh_private_key_file: '/k',
      },
      web2: {
        ansible_host: 'web2',
        ansible_become: false,
        ansible_ssh_common_args: '-o UserKnownHostsFile="/a b/known"',
      },
      localhost: { ansible_connection: 'local' },
    })
    demandScript(written('roles/prisma_enforcer/files/installenforcer.sh'))
    execFileSync('shellcheck', ['--severity=warning', 'roles/prisma_enforcer/files/checkenforcer.sh'], {
      cwd: folder,
    })
  })

  it('leaves the inventory to others where no host is named', async () => {
    const { files, next } = await render('ansible')
    expect(files.map(({ file }) => file)).not.toContain(join(folder, 'inventory.yml'))
    expect(next.at(-1)).toContain('-i INVENTORY')
  })
})

describe('files that are there', () => {
  it('are not replaced, and then nothing else is written either', async () => {
    writeFileSync(join(folder, 'outputs.tf'), 'mine')
    await expect(render('terraform-user-data')).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
      message: expect.stringContaining('outputs.tf is there already') as string,
    })
    expect(readdirSync(folder)).toEqual(['outputs.tf'])
    expect(written('outputs.tf')).toBe('mine')
  })

  it('are not left half where a folder cannot be made', async () => {
    writeFileSync(join(folder, 'roles'), 'a file')
    await expect(render('ansible')).rejects.toMatchObject({ code: 'APO-INPUT-FILE' })
    expect(readdirSync(folder)).toEqual(['roles'])
  })
})
