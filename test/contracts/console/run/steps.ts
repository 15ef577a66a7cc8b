import type { ConformanceCase, ExpectedAnswer, RequestStep, Step, WireRequest } from './case.ts'

/** Shorthands, so that a case reads as a row of a table. A number expects a status and nothing else. */
type More = Partial<WireRequest> & { readonly keep?: string }

export const get = (path: string, expect: number | ExpectedAnswer, more: More = {}): RequestStep =>
  step({ path }, { expect, more })
export const head = (path: string, expect: number | ExpectedAnswer, more: More = {}): RequestStep =>
  step({ method: 'HEAD', path }, { expect, more })
export const post = (
  path: string,
  body: unknown,
  expect: number | ExpectedAnswer = 200,
  more: More = {},
): RequestStep => step({ method: 'POST', path, body }, { expect, more })
export const put = (
  path: string,
  body: unknown,
  expect: number | ExpectedAnswer,
  more: More = {},
): RequestStep => step({ method: 'PUT', path, body }, { expect, more })
export const patch = (
  path: string,
  body: unknown,
  expect: number | ExpectedAnswer,
  more: More = {},
): RequestStep => step({ method: 'PATCH', path, body }, { expect, more })
export const remove = (path: string, expect: number | ExpectedAnswer, more: More = {}): RequestStep =>
  step({ method: 'DELETE', path }, { expect, more })

function step(
  request: WireRequest,
  { expect, more }: { readonly expect: number | ExpectedAnswer; readonly more: More },
): RequestStep {
  const { keep, ...rest } = more
  return {
    request: { ...request, ...rest },
    expect: typeof expect === 'number' ? { status: expect } : expect,
    ...(keep === undefined ? {} : { keep }),
  }
}

export const check = (cites: string, title: string, ...steps: readonly Step[]): ConformanceCase => ({
  cites,
  title,
  steps,
})

/** A filter as a parameter; placeholders stay what they are. */
export const q = (filter: string): string =>
  `q=${encodeURIComponent(filter).replace(/%7B([\w.]+)%7D/g, '{$1}')}`

/** A valid enforcer, the simplest object that anybody may create anywhere. */
export const enforcer = (name: string, more: object = {}): Record<string, unknown> => ({
  name,
  FQDN: `${name}.example.com`,
  ...more,
})
