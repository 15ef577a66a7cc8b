import type * as Yaml from 'yaml'
import type { Node, Pair, YAMLMap } from 'yaml'
import { exportDocument } from '../../../contract/entities/exchange/export.ts'
import { entities } from '../../../contract/entities/registry.ts'
import { textOf, type EntityDefinition } from '../../../contract/entity/definition.ts'
import { apiVersion } from '../../../contract/exchange/portable-part.ts'
import type { ApoctlError } from '../../errors/apoctl-error.ts'
import { nearestWords } from '../../errors/nearest-words.ts'
import { checkNewObject } from '../drafts/check-draft.ts'
import type { Draft } from '../drafts/draft.ts'
import {
  draftOfMap,
  parseDocuments,
  placeOf,
  startOf,
  unreadable,
  type DocumentText,
  type ParsedDocument,
} from '../drafts/parse-documents.ts'
import { refuseTemplates } from './refuse-templates.ts'
import type { WrittenExport, WrittenKind } from './written-export.ts'

const hints = ['apoctl api export prints one to start from; objects by themselves are for apoctl api create.']

/**
 * Reads exports from YAML or JSON, one document or several. What they contain is not yet checked, but for what
 * kind of object it is. Throws APO-INPUT-FILE that names the file and the line.
 */
export async function readExports(text: DocumentText): Promise<readonly WrittenExport[]> {
  refuseTemplates(text)
  const yaml = await import('yaml')
  return (await parseDocuments(text)).flatMap((parsed) => {
    const { root } = parsed
    if (root === undefined) return []
    if (yaml.isMap(root)) return [readExport(root, { parsed, yaml })]
    throw unreadable(parsed, { offset: startOf(root), what: 'an export is an object with "data"', hints })
  })
}

interface Reading {
  readonly parsed: ParsedDocument
  readonly yaml: typeof Yaml
}

function readExport(root: YAMLMap, reading: Reading): WrittenExport {
  const { parsed, yaml } = reading
  const data = root.items.find(({ key }) => String(key) === 'data')
  const node = resolved(data?.value, reading)
  if (!yaml.isMap(node)) {
    const offset = startOf((data?.key ?? root) as Node)
    throw unreadable(parsed, { offset, what: 'an export has "data", objects by their kind', hints })
  }
  const { label, where } = readHead(root, reading)
  return { label, where, kinds: node.items.map((pair) => readKind(pair, reading)) }
}

/** What stands around the data. Objects are not made of the data here: each is by itself, further down. */
function readHead(
  root: YAMLMap,
  { parsed, yaml }: Reading,
): { readonly label: string; readonly where: string } {
  const around = new yaml.YAMLMap()
  around.items = root.items.filter(({ key }) => String(key) !== 'data')
  around.range = root.range ?? null
  const head = draftOfMap(parsed, around)
  const version = head.object['APIVersion']
  if (typeof version === 'number' && version > apiVersion) {
    const what = `it is of APIVersion ${version}, and ${apiVersion} is the newest that is known`
    throw unreadable(parsed, { offset: startOf(root), what, hints: [] })
  }
  return { label: textOf(checkNewObject(exportDocument, head), 'label'), where: head.where() }
}

function readKind({ key, value }: Pair, reading: Reading): WrittenKind {
  const { parsed, yaml } = reading
  const entity = entityOf(key as Node, reading)
  const node = resolved(value, reading)
  if (node === undefined || (yaml.isScalar(node) && node.value === null)) return { entity, items: [] }
  if (!yaml.isSeq(node)) throw unreadable(parsed, { offset: startOf(node), what: 'a list is expected here' })
  return { entity, items: node.items.map((item) => readObject(item as Node, reading)) }
}

function entityOf(key: Node, { parsed }: Reading): EntityDefinition {
  const name = String(key)
  const entity = entities.find(name)
  if (entity !== undefined) return entity
  const near = nearestWords(
    name,
    entities.all.map(({ category }) => category),
  )
  const meant = near.length === 0 ? [] : [`Did you mean ${near.join(' or ')}?`]
  throw unreadable(parsed, {
    offset: startOf(key),
    what: `"${name}" is no kind of object of the Console`,
    hints: [...meant, 'List the kinds: apoctl api all'],
  })
}

function readObject(item: Node, reading: Reading): Draft | ApoctlError {
  const { parsed, yaml } = reading
  const node = resolved(item, reading)
  if (!yaml.isMap(node))
    return unreadable(parsed, { offset: startOf(item), what: 'an object is expected here', hints })
  const draft = draftOfMap(parsed, node)
  // What another place of the file describes stands where it is used.
  return node === item ? draft : { ...draft, where: () => placeOf(parsed, startOf(item)) }
}

function resolved(value: unknown, { parsed, yaml }: Reading): Node | undefined {
  return yaml.isAlias(value) ? value.resolve(parsed.document) : ((value ?? undefined) as Node | undefined)
}
