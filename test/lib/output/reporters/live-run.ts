/** A fleet of 40 hosts that goes on until a file is there, told by the live reporter. Run in a terminal by its test. */
import { existsSync } from 'node:fs'
import { createLiveReporter } from '../../../../src/lib/output/reporters/live-reporter.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'

const [stopFile = ''] = process.argv.slice(2)
const { stderr } = process
const screen = {
  write: (text: string) => void stderr.write(text),
  columns: () => stderr.columns,
  rows: () => stderr.rows,
  onResize: (changed: () => void) => void stderr.on('resize', changed),
}
const hosts = Array.from({ length: 40 }, (_, at) => `web${String(at + 1).padStart(2, '0')}.example.com`)

async function main(): Promise<void> {
  const theme = await createTheme({ isTty: true, columns: stderr.columns, env: {} })
  const reporter = await createLiveReporter(
    { verbosity: 'normal', screen, nowMs: () => performance.now() },
    theme,
  )
  reporter.report({ type: 'wave', step: 'install', number: 1, count: 1, hosts })
  for (let round = 0; !existsSync(stopFile); round += 1) {
    const subject = hosts[round % hosts.length] ?? ''
    const step = `copy a layer that has quite a long name, number ${round}`
    reporter.report({ type: 'started', subject, step: 'install' })
    reporter.report({ type: 'started', subject, step })
    if (round % 5 === 3) reporter.report({ type: 'finished', subject, step: 'install', outcome: 'done' })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  reporter.report({ type: 'warning', subject: 'web01', text: 'the end is near' })
  reporter.stop()
  process.stdout.write('the report\n')
}

void main()
