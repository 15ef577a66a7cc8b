/**
 * apoctl with commands made for tests: everything around a command is the real thing. Bundled by
 * `fakeProgram()` of contract tests and run as a child.
 */
import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../src/lib/cli/base-command.ts'
import type { CommandClass } from '../../src/lib/cli/command-table.ts'
import type { CommandContext } from '../../src/lib/cli/context.ts'
import { consoleFlags } from '../../src/lib/cli/flags/console-flags.ts'
import { outputFlags } from '../../src/lib/cli/flags/output-flags.ts'
import { main } from '../../src/lib/cli/main.ts'
import { ApoctlError } from '../../src/lib/errors/apoctl-error.ts'
import type { ExitCode } from '../../src/lib/errors/exit-code.ts'
import type { Presentation } from '../../src/lib/output/presentation.ts'
import { renderTable } from '../../src/lib/output/table.ts'

interface RowsReport {
  readonly rows: readonly { readonly name: string; readonly ok: boolean }[]
  readonly verdict: ExitCode
}

const rowsPresentation: Presentation<RowsReport> = {
  kind: 'Rows',
  exitCode: (report) => report.verdict,
  views: {
    table: ({ rows }, theme) =>
      renderTable(
        {
          columns: ['NAME', 'OK'],
          rows: rows.map(({ name, ok }) => [name, ok ? theme.good('ok') : theme.bad('failed')]),
        },
        theme,
      ),
    jsonl: ({ rows }) => rows,
  },
}

const flags = {
  ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'none']),
  rows: Flags.integer({ default: 2 }),
  verdict: Flags.integer({ default: 0 }),
  size: Flags.integer({ default: 10 }),
}

type Act = (context: CommandContext) => Promise<unknown>

/** A command that does one thing. */
function acting(act: Act, more: object = {}): () => Promise<{ default: CommandClass }> {
  class Acting extends ApoctlCommand {
    static override readonly summary = 'Act.'
    static override readonly flags = { ...flags, ...more }

    async run(): Promise<void> {
      const parsed = await this.parse(Acting)
      const context = await this.context(parsed.flags)
      await act(context)
      const rows = Array.from({ length: parsed.flags.rows }, (_, at) => ({
        name: 'x'.repeat(parsed.flags.size) + String(at),
        ok: at % 2 === 0,
      }))
      const report = { rows, verdict: parsed.flags.verdict as ExitCode }
      await this.present({ report, flags: parsed.flags }, rowsPresentation)
    }
  }
  return () => Promise.resolve({ default: Acting })
}

const cleaningUp = (context: CommandContext) => (): Promise<void> => {
  context.print('cleaned up')
  return Promise.resolve()
}

const never = new Promise<never>(() => undefined)

function forgotten(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setInterval(() => undefined, 1000)
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      reject(signal.reason as Error)
    })
  })
}

const commands = {
  rows: acting(() => Promise.resolve()),
  'console rows': acting(() => Promise.resolve(), consoleFlags),
  steps: acting((context) => {
    const { reporter } = context
    reporter.report({ type: 'started', subject: 'web1', step: 'copy' })
    reporter.report({ type: 'warning', subject: 'web1', text: 'little memory\u001b[2J' })
    reporter.report({ type: 'debug', subject: 'web1', text: 'ran true' })
    reporter.report({ type: 'finished', subject: 'web1', step: 'copy', outcome: 'done' })
    return Promise.resolve()
  }),
  ask: acting(async (context) => {
    const yes = await context.ask.confirm({ text: 'Go on?', flag: '--confirm' })
    context.print(yes ? 'went on' : 'stayed')
  }),
  wait: acting(async (context) => {
    context.atEnd(cleaningUp(context))
    context.reporter.report({ type: 'note', subject: 'test', text: 'waiting' })
    await forgotten(context.signal)
  }),
  'wait gracefully': acting(async (context) => {
    context.reporter.report({ type: 'note', subject: 'test', text: 'waiting' })
    await forgotten(context.signal).catch(() => undefined)
  }),
  'wait deaf': acting(async (context) => {
    context.reporter.report({ type: 'note', subject: 'test', text: 'waiting' })
    await forgotten(new AbortController().signal)
  }),
  'fail bug': acting(() => {
    const nothing = undefined as unknown as { field: string }
    return Promise.resolve(nothing.field)
  }),
  'fail bug callback': acting((context) => {
    context.atEnd(cleaningUp(context))
    setTimeout(() => {
      throw new TypeError('thrown past everybody')
    }, 10)
    return forgotten(context.signal)
  }),
  'fail bug rejection': acting((context) => {
    void Promise.reject(new RangeError('nobody waits for me'))
    return forgotten(context.signal)
  }),
  'fail bug never': acting(() => never),
  'fail bug string': acting(() => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- such things are thrown at us
    throw 'a mere string'
  }),
  'fail known': acting(() => {
    throw new ApoctlError(['APO-API-AUTH', 'the Console refused \u001b[31mthe token'], {
      cause: Object.assign(new Error('401 Authorization: Bearer planted-bearer-token'), {
        token: 'planted-field',
      }),
    })
  }),
}

void main(process.argv.slice(2), {
  commands,
  version: '0.0.0-test',
  folder: __dirname,
  help: (words) => Promise.resolve(`help of "${words}"`),
})
