import { describe, expect, it } from 'vitest'
import { checkExports } from '../../../../src/lib/queries/exchange/check-exports.ts'
import { readExports } from '../../../../src/lib/queries/exchange/read-exports.ts'

const read = async (content: string, label?: string) =>
  checkExports(await readExports({ name: 'f.yaml', content }), { label })

describe('a file of exports', () => {
  it('is YAML or JSON, and may use the same objects again', async () => {
    const yaml = `
label: web
data:
  extnets:
    - &base {name: a, entries: [10.0.0.0/8]}
    - <<: *base
      name: b
    - *base
  netsets:
`
    const [one] = await read(yaml)
    expect(one?.label).toBe('web')
    expect(one?.objects.map(({ object, where }) => [object['name'], object['entries'], where])).toEqual([
      ['a', ['10.0.0.0/8'], 'f.yaml:5'],
      ['b', ['10.0.0.0/8'], 'f.yaml:6'],
      ['a', ['10.0.0.0/8'], 'f.yaml:8'],
    ])
    const json = '{"APIVersion": 0, "label": "x", "identities": ["extnet"], "data": {}}'
    expect(await read(json)).toEqual([{ label: 'x', objects: [] }])
  })

  it('of several documents is one import for each label: a second would take away what the first made', async () => {
    const of = (label: string, name: string) =>
      `label: ${label}\ndata:\n  externalnetworks: [{name: ${name}}]\n`
    const imports = await read([of('x', 'a'), of('y', 'b'), of('x', 'c')].join('---\n'))
    const names = imports.map(({ label, objects }) => [label, ...objects.map(({ object }) => object['name'])])
    expect(names).toEqual([
      ['x', 'a', 'c'],
      ['y', 'b'],
    ])
    expect(await read([of('x', 'a'), of('y', 'b')].join('---\n'), 'z')).toMatchObject([{ label: 'z' }])
  })

  it('loses what only a Console sets', async () => {
    const [one] = await read('{label: x, data: {extnet: [{name: a, ID: abc, namespace: /x}]}}')
    expect(one?.objects[0]?.object).toEqual({ name: 'a' })
  })

  it.each([
    ['label: [', /f\.yaml:\d: /],
    ['- name: a', /f\.yaml:1: an export is an object with "data"/],
    ['label: x', /f\.yaml:1: an export has "data"/],
    ['label: x\ndata: 7', /f\.yaml:2: an export has "data"/],
    ['label: x\ndata:\n  extnets: 7', /f\.yaml:3: a list is expected here/],
    ['label: x\ndata:\n  extnetz: []', /f\.yaml:3: "extnetz" is no kind of object/],
    ['label: x\nlable: y\ndata: {}', /f\.yaml:2: export have no attribute "lable"/],
    ['label: 7\ndata: {}', /f\.yaml:1: attribute 'label' must be a string/],
    ['label: a b\ndata: {}', /f\.yaml:1: A label must not have spaces or =/],
    ['data: {}', /f\.yaml:1: the export has no label/],
    ['label: x\nAPIVersion: 2\ndata: {}', /f\.yaml:1: it is of APIVersion 2, and 1 is the newest/],
    ['label: x\ndata:\n  extnets: [{name: a}, {name: *no}]', /f\.yaml:3: Unresolved alias/],
    ['# {{ .Values.x }}\nlabel: x\ndata: {}', /f\.yaml:1: "\{\{" begins a template/],
    ['label: x\ndata: {extnets: [{name: "{{ .x }}"}]}', /f\.yaml:2: "\{\{" begins a template/],
  ])('is refused with its line: %j', async (content, said) => {
    await expect(read(content)).rejects.toThrow(said)
  })

  it('is refused with every wrong object of it', async () => {
    const content = `label: x
data:
  extnets:
    - name: fine
    - nmae: x
    - 7
    - name: [a]
---
label: x
data:
  netsets:
    - name: p
`
    const error = await read(content).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'APO-INPUT-FILE',
      message: '4 objects are wrong, and nothing was sent',
      hints: [
        'f.yaml:5: externalnetworks have no attribute "nmae"',
        'f.yaml:6: an object is expected here',
        "f.yaml:7: attribute 'name' must be a string",
        'f.yaml:12: Expression must contain at least one sub-expression',
      ],
    })
  })

  it('does not fill the memory with aliases of aliases', async () => {
    const bomb = Array.from({ length: 9 }, (_, n) =>
      n === 0
        ? '  - &a0 [x]'
        : `  - &a${n} [${Array(9)
            .fill(`*a${n - 1}`)
            .join(', ')}]`,
    )
    const content = `label: x\ndata:\n  extnets:\n  - name: a\n    entries:\n  ${bomb.join('\n  ')}\n`
    await expect(read(content)).rejects.toThrow(/alias/)
  })
})
