import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMetadata, type TestMetadata } from '../helpers/clouds/metadata.ts'
import { startTestClouds, type TestClouds } from '../helpers/clouds/test-clouds.ts'
import { runApoctl, scratchFolder, startApoctl, type ApoctlRun } from '../helpers/run-apoctl.ts'

// All of it as people have it: the built tool on a machine of a cloud, and the built Console, told by its flags
// where that cloud is.

let clouds: TestClouds
let metadata: TestMetadata
let served: ReturnType<typeof startApoctl>
let said = ''

beforeAll(async () => {
  clouds = await startTestClouds()
  metadata = await startTestMetadata(clouds)
  const ca = join(scratchFolder(), 'clouds.pem')
  writeFileSync(ca, clouds.options.caPem)
  served = startApoctl([
    ...['console', 'serve', '--listen', '127.0.0.1:0', '--cloud-cacert', 'clouds.pem'],
    ...['--aws-sts-url', clouds.options.awsStsUrl, '--gcp-keys-url', clouds.options.gcpKeysUrl],
    ...['--azure-authority-url', `${clouds.options.azureAuthorityUrl}/`],
  ])
  served.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  served.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const profile = join(scratchFolder(), 'home/.apoctl/local.yaml')
  while (!existsSync(profile)) {
    expect(served.exitCode, said).toBeNull()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  writeFileSync(join(scratchFolder(), 'home/.apoctl/default.yaml'), readFileSync(profile))
}, 30_000)
afterAll(async () => {
  served.kill('SIGTERM')
  await once(served, 'exit')
  metadata.close()
  await clouds.close()
})

const auth = (words: string, stdin = ''): Promise<ApoctlRun> =>
  runApoctl(['auth', ...words.split(' ')], { env: metadata.env, stdin })

describe('auth on a machine of a cloud', () => {
  it.each([
    ['aws-st', { rolename: 'web', account: '123456789012' }],
    ['gcp', { projectid: 'acme-prod', instancename: 'web-1' }],
    ['azure', { resourcename: 'web-1', resourcegroup: 'prod-rg' }],
  ])('gets a token from a Console: %s', async (command, data) => {
    const run = await auth(`${command} --validity 10m`)
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(decodeJwt(run.stdout.trim())).toMatchObject({ data })
    const verified = await auth('verify --token -', run.stdout)
    expect(JSON.parse(verified.stdout)).toMatchObject({ data })
  })

  it('takes credentials from elsewhere', async () => {
    const { accessKeyID, secretAccessKey, token } = clouds.aws
    const env = { APOCTL_SECRET_ACCESS_KEY: secretAccessKey, APOCTL_ACCESS_TOKEN: token }
    const run = await runApoctl(['auth', 'aws-st', '--access-key-id', accessKeyID], { env })
    expect(decodeJwt(run.stdout.trim())).toMatchObject({ realm: 'awssecuritytoken' })
    const wrong = await runApoctl(['auth', 'aws-st', '--access-key-id', accessKeyID], {
      env: { ...env, APOCTL_SECRET_ACCESS_KEY: 'guessed' },
    })
    expect(wrong).toMatchObject({ exitCode: 3, stdout: '' })
    expect(wrong.stderr).toContain('AWS does not know these credentials (SignatureDoesNotMatch)')
  })

  it('says when the Console cannot ask the cloud, and the Console says why', async () => {
    clouds.instead = (request) => void request.socket.destroy()
    const run = await auth('aws-st --timeout 2s')
    clouds.instead = undefined
    expect(run).toMatchObject({ exitCode: 4, stdout: '' })
    expect(run.stderr).not.toContain(clouds.aws.secretAccessKey)
    expect(said).toMatch(
      /could not ask a cloud about a login with AWSSecurityToken: https:\/\/127\.0\.0\.1:\d+: /,
    )
    expect(said).not.toContain(clouds.aws.secretAccessKey)
  })
})

describe('console serve', () => {
  it.each([
    ['--aws-sts-url http://sts.example', "'http://sts.example' is not an https address"],
    ['--gcp-keys-url keys', "'keys' is not an https address"],
    ['--azure-authority-url https://me@azure', 'is not an https address'],
    ['--cloud-cacert nothing.pem', 'nothing.pem cannot be read'],
  ])('refuses %s', async (flag, text) => {
    const run = await runApoctl(['console', 'serve', ...flag.split(' ')])
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain(text)
  })

  it('prints a unit that asks the clouds where it was told', async () => {
    const run = await runApoctl(['console', 'serve', '--print-unit', '--cloud-cacert', 'clouds.pem'])
    expect(run.stdout).toContain(` --cloud-cacert ${join(scratchFolder(), 'clouds.pem')}`)
  })
})
