// Generates schemas/<Kind>.json for every presentation of the output room, from the TypeScript type of its
// report, and for the error document. `--check` fails when a committed schema is stale or left over.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'

const views = 'src/lib/output/views'
const check = process.argv.includes('--check')
const apiVersion = 'apoctl/v1'

const wanted = [
  { kind: 'Error', type: 'ErrorDocument', path: 'src/lib/errors/apoctl-error.ts' },
  ...(await presentations()),
]
const fresh = new Map(
  wanted.map((one) => [`${one.kind}.json`, `${JSON.stringify(schemaOf(one), null, 2)}\n`]),
)
const committed = await readdir('schemas').catch(() => [])

const stale = []
for (const [file, text] of fresh) {
  if ((await readFile(join('schemas', file), 'utf8').catch(() => '')) === text) continue
  if (check) stale.push(file)
  else await writeFile(join('schemas', file), text)
}
for (const file of committed.filter((name) => !fresh.has(name))) {
  if (check) stale.push(`${file} (nothing prints it any more)`)
  else await rm(join('schemas', file))
}
if (stale.length > 0) {
  process.stderr.write(`stale schemas, run npm run generate: ${stale.join(', ')}\n`)
  process.exitCode = 1
}

/** Each `export const x: Presentation<Report> = { kind: 'Kind'` with the file that its report's type is from. */
async function presentations() {
  const files = (await readdir(views)).filter((file) => file.endsWith('.ts'))
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(views, file), 'utf8')
      return [...text.matchAll(/:\s*Presentation<\s*(\w+)\s*>\s*=\s*\{\s*kind:\s*'(\w+)'/g)].map(
        ([, type, kind]) => ({
          kind,
          type,
          path: typeFile({ file, text, type }),
        }),
      )
    }),
  )
  return found.flat().sort((a, b) => a.kind.localeCompare(b.kind))
}

function typeFile({ file, text, type }) {
  const imported = new RegExp(`import[^;]*?\\b${type}\\b[^;]*?from '([^']+)'`, 's').exec(text)?.[1]
  return imported === undefined ? join(views, file) : normalize(join(views, imported))
}

function schemaOf({ kind, type, path }) {
  const generator = createGenerator({
    path,
    type,
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    additionalProperties: false,
    expose: 'none',
    topRef: false,
    jsDoc: 'extended',
  })
  const { $schema, definitions, ...body } = generator.createSchema(type)
  return {
    $schema,
    title: kind,
    ...body,
    properties: { apiVersion: { const: apiVersion }, kind: { const: kind }, ...body.properties },
    required: ['apiVersion', 'kind', ...(body.required ?? [])],
    ...(definitions === undefined || Object.keys(definitions).length === 0 ? {} : { definitions }),
  }
}
