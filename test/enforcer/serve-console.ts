// A Console in a process of its own, so that tests can stop, kill and start it again as systemd would.
// Arguments: data directory, port, longest validity of tokens in ms. Prints one line of JSON when it serves.
import { startConsole } from '../../src/console/start-console.ts'

const [dataDir = '', port = '0', maxTokenValidityMs = '86400000'] = process.argv.slice(2)
const running = await startConsole(
  {
    dataDir,
    listen: { host: '127.0.0.1', port: Number(port) },
    maxTokenValidityMs: Number(maxTokenValidityMs),
    drainMs: 500,
  },
  { clock: { nowMs: Date.now }, note: () => undefined },
)
process.once('SIGTERM', () => void running.close().then(() => process.exit(0)))
const { url, caPath, caPem, adminCredentialPath } = running
process.stdout.write(`${JSON.stringify({ url, caPath, caPem, adminCredentialPath })}\n`)
