import { describe, expect, it } from 'vitest'
import { ApoctlError } from '../../../../src/lib/errors/apoctl-error.ts'
import { collectHostFacts } from '../../../../src/lib/preflight/collect/collect-host-facts.ts'
import { parseAnswers } from '../../../../src/lib/preflight/facts/answers.ts'
import { readFacts, writeFacts } from '../../../../src/lib/preflight/facts/facts-file.ts'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { collected, factsFrom, factsOf } from '../collected.ts'

const parse = (output: string) => parseAnswers(output, { host: 'web1' })
const complete = (...lines: string[]) =>
  ['@apoctl begin apoctl.collector/v1', ...lines, '@apoctl end apoctl.collector/v1'].join('\n')

describe('answers of a hostile or broken host', () => {
  it('are refused when they stop in the middle', () => {
    const whole = collected('tree-debian-bookworm')
    for (const share of [0.01, 0.3, 0.7, 0.99])
      expect(() => parse(whole.slice(0, Math.floor(whole.length * share)))).toThrow(/stops in the middle/)
  })

  it('are refused when the shell is none, with what it said, made harmless', () => {
    try {
      parse('\u001b[31mThis account is \u0007not available.\n\u001b]0;title\u0007')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ApoctlError)
      expect((error as ApoctlError).code).toBe('APO-HOST-ANSWER')
      expect((error as ApoctlError).hints.join()).toContain('This account is not available.')
      expect(JSON.stringify((error as ApoctlError).toDocument())).not.toMatch(/\\u001b|\\u0007/)
    }
  })

  it('carry no control characters, escape sequences or reordering marks into facts', () => {
    const facts = factsFrom({
      'os.release': [
        'ID=debian\u001b[2J\u0000',
        'NAME="\u202eevil\u2066"',
        'PRETTY_NAME="a\u001b]0;t\u0007b\u009b31m"',
      ],
      'kernel.release': ['6.1\r\u0008'],
    })
    expect(JSON.stringify(facts)).not.toMatch(/\\u00[01]|[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    expect(facts.operatingSystem.id).toBe('debian')
    expect(facts.kernel.release).toBe('6.1')
  })

  it('become facts whatever they say: numbers that are none, names of prototypes, halves of lines', () => {
    const facts = factsFrom({
      'account.uid': ['99999999999999999999999'],
      'cgroup.limit': ['v1', 'v9 x y z', 'v2 cpu.max / max 100000'],
      'disk.free': ['/opt x', '/opt dev 1 2 -5 0% /'],
      'kernel.alias': ['alias __proto__ xt_set', 'alias', 'alias constructor'],
      'package.installed': ['__proto__ 1'],
      'endpoint.__proto__.address': ['h 1'],
      'endpoint.console.resolve': ['strange'],
      'service.process': ['x y', '12 ok'],
      'process.1.status': ['CapEff:\tzz', 'CapBnd:\t0000000000000000'],
    })
    expect(facts.account.uid).toBeNull()
    expect(facts.serviceManager.status).toBeNull()
    expect(facts.software.processes).toEqual([{ pid: 12, name: 'ok' }])
    expect(({} as Record<string, unknown>)['1']).toBeUndefined()
  })

  it('are counted: a flood of them is cut, not kept', () => {
    const flood = Array.from({ length: 100_000 }, (_, index) => `@apoctl service.path /x${index}`)
    expect(parse(complete(...flood)).all('service.path').length).toBeLessThanOrEqual(20_000)
  })

  it('cost neither time nor memory when a host sends a hundred megabytes', { timeout: 60_000 }, async () => {
    const local = openLocal({ environment: process.env })
    const flooding: Transport = {
      ...local,
      run: (_, options) =>
        local.run(
          {
            command:
              "echo '@apoctl begin apoctl.collector/v1'; yes '@apoctl os.machine x' | head -c 100000000",
          },
          options,
        ),
    }
    const before = process.memoryUsage.rss()
    const options = {
      host: 'web1',
      endpoints: [],
      modules: [],
      packages: [],
      probeTimeoutMs: 1000,
      timeoutMs: 50_000,
    }
    const context = { transport: flooding, clock: { nowMs: () => 0 }, signal: new AbortController().signal }
    await expect(collectHostFacts(options, context)).rejects.toMatchObject({ code: 'APO-HOST-ANSWER' })
    expect(process.memoryUsage.rss() - before).toBeLessThan(80_000_000)
    await local.close()
  })
})

describe('a facts document', () => {
  it('is read as it was written', async () => {
    const facts = [factsOf('no-modules-6.18'), factsOf('tree-debian-sid')]
    expect(await readFacts({ file: 'f.json', content: writeFacts(facts) })).toEqual(facts)
  })

  const document = () =>
    JSON.parse(writeFacts([factsOf('tree-debian-sid')])) as { hosts: Record<string, unknown>[] }
  const refusal = async (content: string): Promise<string> => {
    try {
      await readFacts({ file: 'facts.json', content })
      return 'accepted'
    } catch (error) {
      expect((error as ApoctlError).code).toBe('APO-INPUT-FILE')
      return (error as ApoctlError).message
    }
  }

  it('is refused with file, line and value when a field is wrong, missing or not known', async () => {
    const wrong = document()
    wrong.hosts[0]!['host'] = 17
    expect(await refusal(JSON.stringify(wrong, null, 1))).toBe(
      'facts.json:5: hosts.0.host: expected a text, found 17',
    )
    const missing = Object.fromEntries(
      Object.entries(document().hosts[0]!).filter(([name]) => name !== 'host'),
    )
    expect(await refusal(JSON.stringify({ apiVersion: 'apoctl.facts/v1', hosts: [missing] }))).toMatch(
      /^facts\.json:1: hosts\.0: the field "host" is missing$/,
    )
    const strange = document()
    strange.hosts[0]!['hots'] = 'x'
    expect(await refusal(JSON.stringify(strange, null, 1))).toMatch(
      /^facts\.json:\d+: hosts\.0\.hots: the field "hots" is not known$/,
    )
  })

  it.each([
    ['', 'facts.json:1: expected fields, found nothing'],
    ['[1, 2]', 'facts.json:1: expected fields, found a list'],
    [
      '{"apiVersion": "apoctl.facts/v2", "hosts": []}',
      'facts.json:1: apiVersion: expected one of apoctl.facts/v1, found "apoctl.facts/v2"',
    ],
  ])('is refused when it is %j', async (content, message) => {
    expect(await refusal(content)).toBe(message)
  })

  it('is refused where it is no JSON and no YAML', async () => {
    expect(await refusal('{"apiVersion": "apoctl.facts/v1",\n "hosts": [}')).toMatch(
      /^facts\.json:2: does not parse: /,
    )
  })
})
