import type { ApoctlError, ErrorDocument } from '../../errors/apoctl-error.ts'
import { createRedactor } from '../../secrets/redactor.ts'
import { sanitise, sanitiseLine } from '../sanitise.ts'
import type { Theme } from '../theme.ts'

/** An error as it may leave the process, in whatever form: a Console may repeat a secret that it was sent. */
export function safeDocument(error: ApoctlError): ErrorDocument {
  const redactor = createRedactor()
  const { consoleErrors, ...document } = error.toDocument()
  const said = consoleErrors?.map((one) => ({ ...one, description: redactor.redact(one.description) }))
  return { ...document, message: redactor.redact(document.message), ...(said && { consoleErrors: said }) }
}

/** What went wrong, its code, and the next command to type. */
export function errorView(error: ErrorDocument, theme: Theme): string {
  const what = sanitiseLine(error.message)
  const head = `${theme.bad('error:')} ${what} ${theme.dim(`(${error.code})`)}`
  const hints = error.hints.map((hint) => `  ${theme.accent('→')} ${sanitiseLine(hint)}`)
  return [head, ...hints].join('\n')
}

/** The chain of causes with their stacks; only shown on request, and still without escapes and secrets. */
export function causeView(error: Error): string {
  const lines: string[] = []
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    lines.push(`caused by: ${sanitise(cause.stack ?? cause.message)}`)
  return createRedactor().redact(lines.join('\n'))
}

const stopped = {
  interrupted: 'interrupted',
  terminated: 'asked to stop',
  timeout: 'the time given by --timeout is over',
} as const

export function stoppedView(reason: keyof typeof stopped, theme: Theme): string {
  return `${theme.warn('stopped:')} ${stopped[reason]}; what was under way was ended and cleaned up`
}
