import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify from 'fastify'
import Database from 'libsql'
import { enforcer } from '../../../src/contract/entities/enforcer.ts'
import { newObject } from '../../../src/contract/entity/zero-value.ts'
import { startConsole } from '../../../src/console/start-console.ts'
import { serveBench } from './said.ts'

/** The least that keeps objects durably and lists them over TLS: no tokens, no checks, no filters, no events. */
const dataDir = process.argv[2] ?? ''
// The same kind of key and certificate as the Console has: its own.
const world = { clock: { nowMs: Date.now }, note: () => undefined }
await (await startConsole({ listen: { host: '127.0.0.1', port: 0 }, dataDir }, world)).close()
const pem = readFileSync(join(dataDir, 'server.pem'), 'utf8')
const caPem = readFileSync(join(dataDir, 'ca.pem'), 'utf8')

const db = new Database(join(dataDir, 'plain.db'))
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA locking_mode = EXCLUSIVE')
db.exec('CREATE TABLE objects (sequence INTEGER PRIMARY KEY, id TEXT UNIQUE, object TEXT NOT NULL)')
const insert = db.prepare('INSERT INTO objects (id, object) VALUES (?, ?)')
const page = db.prepare('SELECT object FROM objects ORDER BY sequence LIMIT ? OFFSET ?')
const one = db.prepare('SELECT object FROM objects WHERE id = ?')
type Row = { readonly object: string }

const server = fastify({ https: { key: pem, cert: pem, minVersion: 'TLSv1.2' } })
server.post('/enforcers', (request) => {
  const time = new Date().toISOString()
  const sent = request.body as Record<string, unknown>
  const object = {
    ...newObject(enforcer),
    ...sent,
    ID: randomBytes(12).toString('hex'),
    createTime: time,
    updateTime: time,
  }
  insert.run(object.ID, JSON.stringify(object))
  return object
})
server.get<{ Querystring: { page: string; pagesize: string } }>('/enforcers', (request) => {
  const size = Number(request.query.pagesize)
  const rows = page.all(size, (Number(request.query.page) - 1) * size) as Row[]
  return rows.map(({ object }) => JSON.parse(object) as unknown)
})
server.get<{ Params: { id: string } }>('/enforcers/:id', (request) => {
  return JSON.parse((one.get(request.params.id) as Row).object) as unknown
})
const url = await server.listen({ host: '127.0.0.1', port: 0 })
serveBench({ url, caPem, credentialPath: '' }, async () => {
  await server.close()
  db.close()
})
