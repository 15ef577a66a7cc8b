// What runs on a host: the build bundles this into app/enforcer.cjs.
import { enforcerMain } from '../../src/enforcer/enforcer-main.ts'

void enforcerMain({ argv: process.argv.slice(2), env: process.env, pid: process.pid }).then((code) => {
  process.exitCode = code
})
