import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../src/lib/errors/apoctl-error.ts'
import { createLineReporter } from '../../../src/lib/output/reporters/line-reporter.ts'
import { createTheme } from '../../../src/lib/output/terminal.ts'
import { Secret } from '../../../src/lib/secrets/secret.ts'

const text = 'planted-s3cret'
const secret = new Secret(text)

/** What `console` would have written. */
function onConsole(use: (console: Console) => void): string {
  let written = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })
  use(new Console(stream))
  return written
}

describe('Secret', () => {
  it('gives its text to those who ask for it by name', () => {
    expect(secret.reveal()).toBe(text)
  })

  it.each<[string, () => string]>([
    ['a template', () => `Bearer ${secret as unknown as string}`],
    ['concatenation', () => 'a' + (secret as unknown as string)],
    ['String()', () => String(secret)],
    ['join', () => [secret, secret].join()],
    ['JSON', () => JSON.stringify({ deep: [{ secret }] })],
    ['inspect', () => inspect(secret)],
    [
      'inspect with everything shown',
      () => inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
    ],
    ['inspect without custom printing', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['format', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
    ['an error message', () => String(new Error(`refused ${secret as unknown as string}`).stack)],
    ['the cause of an error', () => inspect(new Error('refused', { cause: secret }))],
    ['a property of an error', () => inspect(Object.assign(new Error('refused'), { secret }))],
    ['our own error', () => JSON.stringify(new ApoctlError(['APO-API-AUTH', 'no'], { cause: secret }))],
    ['console.log', () => onConsole((console) => console.log(secret, { secret }, '%s', secret))],
    ['console.dir', () => onConsole((console) => console.dir(secret, { showHidden: true }))],
    ['console.table', () => onConsole((console) => console.table([{ secret }]))],
    ['spreading', () => JSON.stringify(Object.assign({}, secret))],
    [
      'its keys',
      () =>
        [...Object.keys(secret), ...Object.getOwnPropertyNames(secret), ...Reflect.ownKeys(secret)].join(),
    ],
    ['a structured clone', () => inspect(structuredClone(Object.assign({}, secret)))],
  ])('does not show in %s', (_where, print) => {
    expect(print()).not.toContain(text)
  })

  it('does not show in progress', async () => {
    let written = ''
    const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
    createLineReporter({ verbosity: 'verbose', write: (more) => (written += more) }, theme).report({
      type: 'debug',
      subject: 'Console',
      text: `logging in with ${secret as unknown as string}`,
    })
    expect(written).toContain('••••••')
    expect(written).not.toContain(text)
  })
})
