/**
 * What reading a page of a list costs the tool in each of the two encodings of the contract, as ratios of one
 * run: JSON with what Node brings, msgpack with a library. It is why the tool asks for JSON.
 *
 *   npm run bench:encodings [-- OBJECTS]
 */
import { decode, encode } from '@msgpack/msgpack'
import { gunzipSync, gzipSync } from 'node:zlib'
import { enforcer } from '../../src/contract/entities/enforcer.ts'
import { newObject } from '../../src/contract/entity/zero-value.ts'

const count = Number(process.argv[2] ?? 500)
const rounds = 100
const page = Array.from({ length: count }, (_, at) => ({
  ...newObject(enforcer),
  ID: at.toString(16).padStart(24, '0'),
  name: `host-${at}`,
  namespace: '/acme',
  FQDN: `host-${at}.example.com`,
  associatedTags: ['team=web', `rack=${at % 100}`],
}))
const json = Buffer.from(JSON.stringify(page))
const msgpack = Buffer.from(encode(page))
const zipped = { json: gzipSync(json), msgpack: gzipSync(msgpack) }

const readers = {
  json: () => void JSON.parse(gunzipSync(zipped.json).toString('utf8')),
  msgpack: () => void decode(gunzipSync(zipped.msgpack)),
}
const took = { json: [] as number[], msgpack: [] as number[] }
// Taken in turns, so that what the machine does meanwhile hits both.
for (let round = 0; round < rounds; round += 1)
  for (const name of ['json', 'msgpack'] as const) {
    const startedMs = performance.now()
    readers[name]()
    took[name].push(performance.now() - startedMs)
  }

const ratio = (one: number, other: number): string => (one / other).toFixed(2)
process.stdout.write(
  [
    `a page of ${count} objects, msgpack as a multiple of JSON`,
    `size:            ${ratio(msgpack.length, json.length)}`,
    `size on the way: ${ratio(zipped.msgpack.length, zipped.json.length)} (gzip)`,
    `time to read:    ${ratio(median(took.msgpack), median(took.json))} (median of ${rounds}, gunzip included)`,
    '',
  ].join('\n'),
)

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
