import { startConsole } from '../../../src/console/start-console.ts'
import { serveBench } from './said.ts'

/** The embedded Console, as `apoctl console serve` starts it. */
const dataDir = process.argv[2] ?? ''
const world = { clock: { nowMs: Date.now }, note: () => undefined }
// All the load comes from one client with one token.
const traffic = { requestsPerSecond: 0, maxEventSocketsPerToken: 0 }
const listen = { host: '127.0.0.1', port: 0 }
const running = await startConsole({ listen, dataDir, traffic }, world)
const { url, caPem, adminCredentialPath } = running
serveBench({ url, caPem, credentialPath: adminCredentialPath }, () => running.close())
