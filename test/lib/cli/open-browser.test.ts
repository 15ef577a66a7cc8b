import { describe, expect, it } from 'vitest'
import { openerOf } from '../../../src/lib/cli/open-browser.ts'

describe('what an address is opened with', () => {
  it.each([
    ['linux', undefined, { DISPLAY: ':0' }, ['xdg-open']],
    ['linux', undefined, { WAYLAND_DISPLAY: 'w' }, ['xdg-open']],
    ['linux', undefined, {}, undefined],
    ['linux', 'firefox', {}, ['firefox']],
    ['darwin', undefined, {}, ['open']],
    ['darwin', 'Google Chrome', {}, ['open', '-a', 'Google Chrome']],
    ['darwin', '/usr/local/bin/lynx', {}, ['/usr/local/bin/lynx']],
    ['win32', undefined, {}, ['rundll32', 'url.dll,FileProtocolHandler']],
  ] as const)('on %s with %s and %o', (platform, openWith, env, words) => {
    expect(openerOf(openWith, { platform, env })).toEqual(words)
  })
})
