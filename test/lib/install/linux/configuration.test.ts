import { describe, expect, it } from 'vitest'
import {
  mergeConfiguration,
  readSetting,
  withToken,
} from '../../../../src/lib/install/linux/configuration.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { readEnforcerConfiguration } from '../../../../src/enforcer/config/enforcer-configuration.ts'

const wanted = {
  api: 'https://console:4443',
  namespace: '/acme',
  apiSkipVerify: false,
  hasAuthority: true,
  tags: ['color=dark blue', "quote='x'"],
  rawFlags: '--log-level=debug',
}

describe('the configuration an installation writes', () => {
  it('is read by the enforcer as it was meant, token and odd tags included', () => {
    const text = withToken(mergeConfiguration(wanted, undefined), new Secret('a.b"c$d'))
    const read = readEnforcerConfiguration(text, 'prisma-enforcer.conf')
    expect(read).toMatchObject({
      api: 'https://console:4443',
      namespace: '/acme',
      tags: ['color=dark blue', "quote='x'"],
      log: { level: 'debug' },
      authorityPath: '/var/lib/prisma-enforcer/state/console-ca.pem',
    })
    expect(read.token?.reveal()).toBe('a.b"c$d')
  })

  it('keeps every line of an operator that it does not decide itself, byte for byte', () => {
    const own = '# ours\nENFORCERD_LOG_FORMAT=json\nHTTPS_PROXY="http://proxy:8080"\n'
    const merged = mergeConfiguration(wanted, `ENFORCERD_API=https://old:1\n${own}ENFORCERD_TOKEN=stale\n`)
    expect(merged).toContain(own)
    expect(merged).not.toContain('stale')
    expect(merged.match(/ENFORCERD_API=/g)).toHaveLength(1)
  })

  it('comes out the same from its own output, so that a second installation changes nothing', () => {
    const once = mergeConfiguration(wanted, 'ENFORCERD_LOG_FORMAT=json\n')
    expect(mergeConfiguration(wanted, once)).toBe(once)
    expect(mergeConfiguration({ ...wanted, namespace: '/other' }, once)).not.toBe(once)
  })

  it('finds a setting again, quoted or not', () => {
    expect(readSetting('A=1\nENFORCERD_NAMESPACE="/a b"\n', 'ENFORCERD_NAMESPACE')).toBe('/a b')
    expect(readSetting('A=1\n', 'B')).toBeUndefined()
  })
})
