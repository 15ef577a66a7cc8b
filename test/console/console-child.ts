import { startConsole } from '../../src/console/start-console.ts'

/** A Console in a process of its own, to be killed. */
const [dataDir = '', port = '0'] = process.argv.slice(2)
const world = { clock: { nowMs: () => Date.now() }, note: () => undefined }
const running = await startConsole({ dataDir, listen: { host: '127.0.0.1', port: Number(port) } }, world)
process.stdout.write(`${JSON.stringify({ url: running.url, caPem: running.caPem, port: running.port })}\n`)
