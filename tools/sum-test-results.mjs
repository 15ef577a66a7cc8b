// Adds up what the test runs of .ci/run have left in a folder, names what failed, and says the sum in one
// plain line:
//
//   node tools/sum-test-results.mjs FOLDER NUMBER-OF-FAILED-STAGES
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const [folder, failedStages] = process.argv.slice(2)
const runs = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
const sum = (key) => runs.reduce((total, run) => total + run[key], 0)
const files = runs.flatMap((run) => run.testResults)

for (const file of files) {
  const where = relative(process.cwd(), file.name)
  if (file.status === 'failed' && file.message !== '') say('failed', where, file.message)
  for (const { status, fullName, failureMessages } of file.assertionResults) {
    const what = `${where}: ${fullName}`
    if (status === 'failed') say('failed', what, failureMessages[0])
    // It failed and then passed: for people to mend, not a reason to turn a change away.
    else if (status === 'passed' && failureMessages.length > 0) say('unsteady', what, failureMessages[0])
  }
}

const skipped = sum('numPendingTests') + sum('numTodoTests')
if (skipped > 0) process.stdout.write(`${skipped} tests were skipped, which counts as failed\n`)
// A stage that fails without a failing test (lint, types, a test file that does not load) counts once.
const failed = Math.max(sum('numFailedTests') + skipped, Number(failedStages))
process.stdout.write(`${sum('numPassedTests')} passed, ${failed} failed\n`)
process.exitCode = failed > 0 || runs.length === 0 ? 1 : 0

function say(outcome, what, message = '') {
  process.stdout.write(`${outcome}: ${what}\n          ${message.split('\n')[0].slice(0, 300)}\n`)
}
