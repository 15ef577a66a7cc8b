import { describe, expect, it } from 'vitest'
import { apiScene } from './scene.ts'

const { api } = apiScene()
const env = { APOCTL_DEBUG: 'api' }

describe('APOCTL_DEBUG', () => {
  it('shows requests and answers on standard error, and the result where it always is', async () => {
    const run = await api('count ns', { env })
    expect(run).toMatchObject({ exitCode: 0, stdout: '0\n' })
    expect(run.stderr).toMatch(/^api: #\d+ > HEAD https:\S+\/namespaces$/m)
    expect(run.stderr).toMatch(/^api: #\d+ {3}authorization: \[redacted\]$/m)
    expect(run.stderr).toMatch(/^api: #\d+ < 204 in \d+ ms, 0 bytes$/m)
    expect(run.stderr).not.toMatch(/eyJ/)
  })

  it('is heeded with --quiet too, and by the event socket', async () => {
    const run = await api('listen --quiet --timeout 2s', { env })
    expect(run.stderr).toMatch(/^api: events > GET wss:\S+token=\[redacted\]/m)
    expect(run.stderr).not.toMatch(/eyJ/)
  })

  it('refuses to show what there is not', async () => {
    const run = await api('count ns', { env: { APOCTL_DEBUG: 'ssh' } })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('APOCTL_DEBUG cannot show "ssh"')
  })
})

describe('an error of the Console', () => {
  it('stands in the JSON of the error as data', async () => {
    await api('create ns -k name twice')
    const run = await api('create ns -k name twice --json')
    expect(run.exitCode).toBe(1)
    expect(JSON.parse(run.stderr)).toMatchObject({
      code: 'APO-API-DUPLICATE',
      consoleErrors: [{ code: 422, title: 'Duplicate Key' }],
    })
  })
})
