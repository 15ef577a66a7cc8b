import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { epochSeconds } from './lay-tree.mjs'

const run = promisify(execFile)

/** Runs a packaging tool, with the time that everything in a package has. */
export async function runTool(command, args) {
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds), LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  try {
    await run(command, args, { env, maxBuffer: 1 << 24 })
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error(`${command} is needed, and is not installed`)
    throw new Error(`${command}: ${error.stderr || error.message}`)
  }
}
