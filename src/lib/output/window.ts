import type { ApoctlError } from '../errors/apoctl-error.ts'
import type { Reporter } from '../progress/reporter.ts'
import type { LiveScreen } from './reporters/live-area.ts'
import type { LiveReporter } from './reporters/live-reporter.ts'
import { renderReport, toDocument, toJson, type RenderRequest } from './document.ts'
import type { ObjectsRequest } from './objects/render-objects.ts'
import type { Verbosity } from './reporters/line-reporter.ts'
import { createTheme, wantsMotion, type TerminalFacts } from './terminal.ts'
import { causeView, errorView, safeDocument, stoppedView } from './views/error-view.ts'

/** The two streams of a run, as far as the window needs them. */
export interface WindowStreams {
  readonly stdout: TerminalFacts & {
    write(text: string): void
    /** Waits until the reader has taken what was written; false when there is no reader any more. */
    wantsMore(): Promise<boolean>
  }
  readonly stderr: TerminalFacts & { readonly screen: LiveScreen; write(text: string): void }
}

/** Where everything that a person or a script sees goes through. */
export interface Window {
  show<Report extends object>(request: RenderRequest<Report>): Promise<void>
  /** Shows objects as they come, no faster than they are read. */
  showObjects(request: ObjectsRequest): Promise<void>
  showError(error: ApoctlError, asJson: boolean): Promise<void>
  /** The causes of an error, for `--verbose`. */
  showCause(error: ApoctlError): void
  showStopped(reason: 'interrupted' | 'terminated' | 'timeout'): Promise<void>
  /** A plain line on stdout, for commands whose result is a text. */
  print(text: string): void
  /** A reporter on stderr that suits the terminal; `settle` takes its live lines away. */
  createReporter(verbosity: Verbosity): Promise<Reporter>
  settle(): void
  /** Keeps live lines off the terminal while a question stands there. */
  during<Answer>(question: () => Promise<Answer>): Promise<Answer>
}

export function createWindow(streams: WindowStreams): Window {
  let settle = (): void => undefined
  let pause = (): (() => void) => () => undefined
  const toStderr = (text: string): void => {
    settle()
    streams.stderr.write(`${text}\n`)
  }
  const toStdout = (text: string): void => {
    settle()
    if (text !== '') streams.stdout.write(`${text}\n`)
  }
  return {
    show: async (request) => toStdout(await renderReport(request, await createTheme(streams.stdout))),
    showObjects: (request) => showObjects(request, { streams, settle: () => settle() }),
    async showError(error, asJson) {
      const document = safeDocument(error)
      const text = asJson
        ? toJson(toDocument('Error', document), 2)
        : errorView(document, await createTheme(streams.stderr))
      toStderr(text)
    },
    showCause: (error) => toStderr(causeView(error)),
    showStopped: async (reason) => toStderr(stoppedView(reason, await createTheme(streams.stderr))),
    print: toStdout,
    async createReporter(verbosity) {
      const reporter = await openReporter(verbosity, streams.stderr)
      if ('pause' in reporter) {
        settle = () => reporter.stop()
        pause = () => reporter.pause()
      }
      return reporter
    },
    settle: () => settle(),
    during: (question) => freed(pause(), question),
  }
}

/** The terminal is free before the question begins. */
function freed<Answer>(resume: () => void, question: () => Promise<Answer>): Promise<Answer> {
  return question().finally(resume)
}

/** Live lines on a terminal, plain ones anywhere else and where every step is to be read. */
async function openReporter(
  verbosity: Verbosity,
  stderr: WindowStreams['stderr'],
): Promise<Reporter | LiveReporter> {
  const theme = await createTheme(stderr)
  if (verbosity === 'verbose' || !wantsMotion(stderr)) {
    const { createLineReporter } = await import('./reporters/line-reporter.ts')
    const timestamp = stderr.isTty ? undefined : now
    return createLineReporter({ verbosity, write: (text) => stderr.write(text), timestamp }, theme)
  }
  const { createLiveReporter } = await import('./reporters/live-reporter.ts')
  return createLiveReporter({ verbosity, screen: stderr.screen, nowMs: () => performance.now() }, theme)
}

/** To the second, as logs have it. */
const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')

async function showObjects(
  request: ObjectsRequest,
  { streams, settle }: { readonly streams: WindowStreams; readonly settle: () => void },
): Promise<void> {
  const { renderObjects } = await import('./objects/render-objects.ts')
  for await (const text of renderObjects(request, await createTheme(streams.stdout))) {
    settle()
    streams.stdout.write(text)
    // Leaving ends what fetches the objects as well.
    if (!(await streams.stdout.wantsMore())) return
  }
}
