import { describe, expect, it } from 'vitest'
import { proxyFromEnvironment } from '../../../src/lib/cli/proxy-from-environment.ts'

const target = 'https://console.example.com:4443'
const origin = (env: Record<string, string>, to = target) => proxyFromEnvironment(to, env)?.origin

describe('the proxy that the environment names', () => {
  it('is none without a word', () => {
    expect(origin({})).toBeUndefined()
    expect(origin({ HTTPS_PROXY: '', HTTP_PROXY: 'http://p:1' })).toBeUndefined()
  })

  it('is taken in either spelling, the lower-case one first', () => {
    expect(origin({ HTTPS_PROXY: 'http://big:3128' })).toBe('http://big:3128')
    expect(origin({ HTTPS_PROXY: 'http://big:3128', https_proxy: 'https://small' })).toBe('https://small')
  })

  it('keeps who we are there out of its address', () => {
    const proxy = proxyFromEnvironment(target, { HTTPS_PROXY: 'http://ann:p%40ss@proxy:3128' })
    expect(proxy?.origin).toBe('http://proxy:3128')
    expect(Buffer.from(proxy?.authorization?.reveal() ?? '', 'base64').toString()).toBe('ann:p@ss')
    expect(JSON.stringify(proxy)).not.toContain(proxy?.authorization?.reveal())
  })

  it.each([
    '*',
    'console.example.com',
    '.example.com',
    '*.example.com',
    'a, CONSOLE.example.com:4443',
    'a b console.example.com',
  ])('is left out for NO_PROXY=%s', (list) => {
    expect(origin({ HTTPS_PROXY: 'http://p:1', NO_PROXY: list })).toBeUndefined()
  })

  it.each([
    '',
    'example.com',
    'other.example.com',
    'console.example.com:443',
    '.org',
    'xconsole.example.com',
  ])('is not left out for NO_PROXY=%j', (list) => {
    expect(origin({ HTTPS_PROXY: 'http://p:1', no_proxy: list })).toBe('http://p:1')
  })

  it.each(['proxy:3128', 'socks5://proxy', 'nonsense secret'])(
    'is refused when it is %s, unquoted',
    (text) => {
      expect(() => origin({ HTTPS_PROXY: text })).toThrow(
        expect.objectContaining({ code: 'APO-INPUT-VALUE' }),
      )
      expect(() => origin({ HTTPS_PROXY: text })).not.toThrow(text)
    },
  )
})
