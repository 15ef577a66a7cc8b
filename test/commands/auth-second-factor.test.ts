import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestConsole, type TestConsole } from '../helpers/console.ts'
import { runApoctl, scratchFolder, type ApoctlRun } from '../helpers/run-apoctl.ts'

let server: TestConsole

beforeAll(async () => {
  server = await startTestConsole()
  const profile = join(scratchFolder(), 'home/.apoctl')
  mkdirSync(profile, { recursive: true })
  const creds = join(scratchFolder(), 'admin.creds')
  writeFileSync(creds, server.adminCredentialText, { mode: 0o600 })
  const lines = [`api: ${server.url}`, `api-cacert: ${server.caPath}`, `creds: ${creds}`, 'namespace: /']
  writeFileSync(join(profile, 'default.yaml'), `${lines.join('\n')}\n`)
})
afterAll(() => server.close())

const run = (...words: readonly string[]): Promise<ApoctlRun> =>
  runApoctl(words, { env: { APOCTL_PASSWORD: 'correct horse' } })

describe('auth aporeto', () => {
  it('logs in with the code of an app that scanned the image of the account', async () => {
    const account = ['-k', 'name=ann', '-k', 'email=ann@example.com', '-k', 'password=correct horse']
    const made = await run('api', 'create', 'account', ...account, '-k', 'OTPEnabled=true', '-o', 'json')
    expect(made).toMatchObject({ exitCode: 0 })
    const { OTPQRCode } = JSON.parse(made.stdout) as { OTPQRCode: string }
    const image = join(scratchFolder(), 'qr.png')
    writeFileSync(image, Buffer.from(OTPQRCode, 'base64'))
    const text = execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', image], { stdio: 'pipe' })
    const secret = new URL(text.toString().trim()).searchParams.get('secret') ?? ''
    const code = execFileSync('oathtool', ['--totp', '--base32', secret]).toString().trim()

    const without = await run('auth', 'aporeto', '--account', 'ann')
    expect(without).toMatchObject({ exitCode: 3, stdout: '' })
    expect(without.stderr).toContain('its password or one-time code is another one')
    const token = await run('auth', 'aporeto', '--account', 'ann', '--otp', code)
    expect(token).toMatchObject({ exitCode: 0, stderr: '' })
    const verified = await runApoctl(['auth', 'verify', '--token', '-'], { stdin: token.stdout })
    expect(JSON.parse(verified.stdout)).toMatchObject({ realm: 'vince', sub: 'ann' })
    const again = await run('auth', 'aporeto', '--account', 'ann', '--otp', code)
    expect(again).toMatchObject({ exitCode: 3, stdout: '' })
  })
})
