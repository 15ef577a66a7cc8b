import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { causeView, errorView, stoppedView } from '../../../../src/lib/output/views/error-view.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })

describe('errorView', () => {
  it('says what happened, the code, and the next commands to type', () => {
    const error = new ApoctlError(['APO-SSH-HOSTKEY-UNKNOWN', 'web1: its host key is not known'], {
      hints: ['Compare it: ssh-keygen -lf FILE', 'Accept it: --accept-new-host-keys'],
    })
    expect(errorView(error.toDocument(), theme)).toBe(
      [
        'error: web1: its host key is not known (APO-SSH-HOSTKEY-UNKNOWN)',
        '  → Compare it: ssh-keygen -lf FILE',
        '  → Accept it: --accept-new-host-keys',
      ].join('\n'),
    )
  })

  it('does not let what a host said forge lines or colours', () => {
    const error = new ApoctlError(['APO-SSH-LOST', 'web1 said "\u001b[32mok\u001b[0m\nerror: all fine"'], {
      hints: [],
    })
    expect(errorView(error.toDocument(), theme)).toBe('error: web1 said "ok error: all fine" (APO-SSH-LOST)')
  })
})

describe('causeView', () => {
  it('shows the whole chain, sanitised', () => {
    const deepest = new Error('connect \u001b[31mECONNREFUSED')
    const error = new ApoctlError(['APO-SSH-UNREACHABLE', 'web1 cannot be reached'], {
      cause: new Error('no route', { cause: deepest }),
    })
    const text = causeView(error)
    expect(text.match(/^caused by: /gm)).toHaveLength(3)
    expect(text).toContain('connect ECONNREFUSED')
    expect(text).toContain('error-view.test.ts')
  })
})

describe('stoppedView', () => {
  it.each(['interrupted', 'terminated', 'timeout'] as const)('says why: %s', (reason) => {
    expect(stoppedView(reason, theme)).toMatch(/^stopped: .*; what was under way was ended and cleaned up$/)
  })
})
