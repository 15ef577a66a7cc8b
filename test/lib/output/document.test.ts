import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatsOf, renderReport, toJson } from '../../../src/lib/output/document.ts'
import type { OutputFormat, Presentation } from '../../../src/lib/output/presentation.ts'
import { createTheme } from '../../../src/lib/output/terminal.ts'

interface Report {
  readonly hosts: readonly { readonly name: string; readonly ok: boolean }[]
}

const report: Report = {
  hosts: [
    { name: 'web1', ok: true },
    { name: 'web2', ok: false },
  ],
}
const presentation: Presentation<Report> = {
  kind: 'HostReport',
  exitCode: () => 0,
  views: {
    table: ({ hosts }) => `table of ${hosts.length}`,
    csv: ({ hosts }) => hosts.map(({ name }) => name).join('\n'),
    jsonl: ({ hosts }) => hosts,
  },
}
const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
const render = (format: OutputFormat, shown = presentation) =>
  renderReport({ report, presentation: shown, format }, theme)

describe('renderReport', () => {
  it('renders JSON under apiVersion and kind', async () => {
    expect(JSON.parse(await render('json'))).toEqual({
      apiVersion: 'apoctl/v1',
      kind: 'HostReport',
      ...report,
    })
  })

  it('renders YAML that says the same as JSON', async () => {
    expect(parse(await render('yaml'))).toEqual(JSON.parse(await render('json')))
  })

  it('renders one JSON value a line', async () => {
    expect((await render('jsonl')).split('\n').map((line): unknown => JSON.parse(line))).toEqual(report.hosts)
  })

  it('renders the whole document as the one line of a report without lines', async () => {
    const { table } = presentation.views
    expect(JSON.parse(await render('jsonl', { ...presentation, views: { table } }))).toMatchObject({
      kind: 'HostReport',
    })
  })

  it.each<[OutputFormat, string]>([
    ['table', 'table of 2'],
    ['csv', 'web1\nweb2'],
    ['none', ''],
  ])('renders %s', async (format, expected) => expect(await render(format)).toBe(expected))

  it.each<OutputFormat>(['short', 'junit', 'markdown'])('falls back to the table for %s', async (format) => {
    expect(await render(format)).toBe('table of 2')
  })

  it.each<OutputFormat>(['table', 'json', 'yaml', 'jsonl', 'csv', 'none'])(
    'ends %s without a newline, which the window adds',
    async (format) => expect(await render(format)).not.toMatch(/\n$/),
  )

  it.each<OutputFormat>(['json', 'jsonl', 'yaml'])(
    'keeps what a host said in %s, without letting it act on the terminal',
    async (format) => {
      const said = 'a\u001b[2J\u009b31m\u007f\u202eb\u0085\u2028c: "d" \\ é 👍'
      const hostile = { hosts: [{ name: said, ok: true }] }
      const text = await renderReport({ report: hostile, presentation, format }, theme)
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(JSON.stringify(format === 'yaml' ? parse(text) : JSON.parse(text))).toContain(
        JSON.stringify(said),
      )
    },
  )
})

describe('toJson', () => {
  it('is JSON of the same value', () => {
    const value = { text: '\u009b\u202e\u007f', list: [1, null, true] }
    expect(JSON.parse(toJson(value))).toEqual(value)
  })
})

describe('formatsOf', () => {
  it('names the formats a presentation has a view for, and those that need none', () => {
    expect(formatsOf(presentation as never)).toEqual(['table', 'csv', 'json', 'yaml', 'jsonl', 'none'])
  })
})
