import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { WireObject } from '../../../../src/contract/entity/definition.ts'
import type { ObjectFormat, ObjectLayout } from '../../../../src/lib/output/objects/object-format.ts'
import { renderObjects } from '../../../../src/lib/output/objects/render-objects.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
const pages: readonly (readonly WireObject[])[] = [
  [
    { ID: '1', name: 'web1', tags: ['a=b'] },
    { ID: '2', name: 'web2', tags: [] },
  ],
  [],
  [{ ID: '3', name: 'a-longer-name, "quoted"', tags: ['c=d', 'e=f'] }],
]
const all = pages.flat()

interface Shown {
  readonly pages?: readonly (readonly WireObject[])[]
  readonly layout?: ObjectLayout
  readonly fields?: readonly string[]
  readonly jq?: string
}

function pieces(format: ObjectFormat, shown: Shown = {}): AsyncGenerator<string> {
  const { layout = 'list', fields, jq } = shown
  async function* given(): AsyncGenerator<readonly WireObject[]> {
    for (const page of shown.pages ?? pages) yield await Promise.resolve(page)
  }
  const objects = { resource: 'enforcers', columns: fields ?? ['name', 'tags'], fields, pages: given() }
  return renderObjects({ objects, format, layout, jq }, theme)
}

async function rendered(format: ObjectFormat, shown?: Shown): Promise<string> {
  let text = ''
  for await (const piece of pieces(format, shown)) text += piece
  return text
}

describe('a list of objects', () => {
  it('is a bare array in JSON', async () => {
    expect(JSON.parse(await rendered('json'))).toEqual(all)
  })

  it('is one sequence in YAML', async () => {
    expect(parse(await rendered('yaml'))).toEqual(all)
  })

  it('is an object a line in JSON lines', async () => {
    const lines = (await rendered('jsonl')).trimEnd().split('\n')
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(all)
  })

  it('is a table whose columns the first page decides', async () => {
    expect(await rendered('table')).toBe(
      ['name  tags', 'web1  ["a=b"]', 'web2  []', 'a-longer-name, "quoted"  ["c=d","e=f"]', ''].join('\n'),
    )
  })

  it('is CSV with quotes where they are needed', async () => {
    expect(await rendered('csv')).toBe(
      [
        'name,tags',
        'web1,"[""a=b""]"',
        'web2,[]',
        '"a-longer-name, ""quoted""","[""c=d"",""e=f""]"',
        '',
      ].join('\r\n'),
    )
  })

  it('is nothing for none, and fetched all the same', async () => {
    expect(await rendered('none')).toBe('')
  })

  it.each<[ObjectFormat, string]>([
    ['json', '[]\n'],
    ['yaml', '[]\n'],
    ['jsonl', ''],
    ['csv', 'name,tags\r\n'],
    ['table', 'no enforcers here\n'],
  ])('that is empty is said so in %s', async (format, text) => {
    expect(await rendered(format, { pages: [] })).toBe(text)
    expect(await rendered(format, { pages: [[]] })).toBe(text)
  })

  it.each<ObjectFormat>(['json', 'yaml', 'jsonl', 'csv', 'table'])(
    'has its first objects out before the second page is asked for: %s',
    async (format) => {
      let asked = 0
      const source = {
        async *[Symbol.asyncIterator]() {
          for (const page of pages) {
            asked += 1
            yield await Promise.resolve(page)
          }
        },
      }
      const objects = { resource: 'enforcers', columns: ['name'], pages: source }
      let text = ''
      for await (const piece of renderObjects({ objects, format, layout: 'list' }, theme)) {
        text += piece
        if (text.includes('web1')) break
      }
      expect(asked).toBe(1)
    },
  )

  it('shows what was asked for by name and no more, whatever a Console sends', async () => {
    const fields = ['name']
    expect(JSON.parse(await rendered('json', { fields }))).toEqual(all.map(({ name }) => ({ name })))
  })

  it.each<ObjectFormat>(['json', 'yaml', 'jsonl', 'csv', 'table'])(
    'does not let a name act on the terminal: %s',
    async (format) => {
      const name = 'a\u001b[2J\u009b31m\u007f\u202eb\u0085'
      const text = await rendered(format, { pages: [[{ name }]] })
      expect(text).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e]/)
      if (format === 'json') expect(JSON.parse(text)).toEqual([{ name }])
      if (format === 'yaml') expect(parse(text)).toEqual([{ name }])
    },
  )
})

describe('one object', () => {
  const one = { pages: [[all[0] ?? {}]], layout: 'one' } as const

  it('is bare in JSON and YAML', async () => {
    expect(JSON.parse(await rendered('json', one))).toEqual(all[0])
    expect(parse(await rendered('yaml', one))).toEqual(all[0])
  })

  it('is properties and values in a table', async () => {
    expect(await rendered('table', one)).toBe('property  value\nname      web1\ntags      ["a=b"]\n')
  })

  it('that was made is its ID in a table, and itself in JSON', async () => {
    const made = { ...one, layout: 'id', fields: ['ID'] } as const
    expect(await rendered('table', made)).toBe('1\n')
    expect(JSON.parse(await rendered('json', { ...one, layout: 'id' }))).toEqual(all[0])
  })
})

describe('--jq', () => {
  it('works on the whole array, and prints strings without quotes', async () => {
    expect(await rendered('json', { jq: '.[1].name, length' })).toBe('web2\n3\n')
  })

  it('works on object after object in JSON lines', async () => {
    expect(await rendered('jsonl', { jq: 'select(.tags == []) | .ID' })).toBe('2\n')
  })

  it('that cannot be compiled is refused before anything is asked for', async () => {
    let asked = false
    const source = {
      async *[Symbol.asyncIterator]() {
        asked = true
        yield await Promise.resolve([])
      },
    }
    const objects = { resource: 'enforcers', columns: ['name'], pages: source }
    const text = renderObjects({ objects, format: 'json', layout: 'list', jq: '.[' }, theme)
    await expect(text.next()).rejects.toMatchObject({ code: 'APO-INPUT-VALUE' })
    expect(asked).toBe(false)
  })

  it('that fails on what it gets is an error', async () => {
    await expect(rendered('json', { jq: '.name' })).rejects.toThrow(/--jq: Cannot index array/)
  })
})
