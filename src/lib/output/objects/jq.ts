import { ApoctlError } from '../../errors/apoctl-error.ts'
import { sanitise } from '../sanitise.ts'

export interface JqOptions {
  readonly expression: string
  /** Apply it to every line by itself; else to all of the text together, which is then held in memory. */
  readonly lines: boolean
}

/**
 * What jq says to a text of JSON, strings without quotes. The expression is compiled before the first piece of
 * text is asked for. Throws APO-INPUT-VALUE with the words of jq.
 */
export async function* filterThroughJq(
  text: AsyncIterable<string>,
  { expression, lines }: JqOptions,
): AsyncGenerator<string, void, undefined> {
  const { loadJq } = await import('jq-wasm')
  const jq = await loadJq()
  const run = (input: string): string => {
    const { stdout, stderr, exitCode } = jq.raw(input, expression, ['-r'])
    if (exitCode !== 0) throw refused(stderr)
    return stdout === '' ? '' : `${sanitise(stdout)}\n`
  }
  run('')
  if (lines) for await (const piece of text) yield run(piece)
  else yield run(await joined(text))
}

async function joined(text: AsyncIterable<string>): Promise<string> {
  const pieces: string[] = []
  for await (const piece of text) pieces.push(piece)
  return pieces.join('')
}

/** jq says what, then the expression, and marks under it where. */
function refused(said: string): ApoctlError {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/compile error/.test(line))
  const [first = 'it cannot be used', ...more] = lines
  const what = first.replace(/^jq: (?:error(?: \(at [^)]*\))?: )?/, '').replace(/ at <top-level>.*$/, '')
  const [text, mark] = more.some((line) => /^\s*\^+$/.test(line)) ? more : []
  const indent = /^ */.exec(text ?? '')?.[0].length ?? 0
  const hints =
    text === undefined || mark === undefined ? [] : [text.slice(indent), marked(mark.slice(indent))]
  return new ApoctlError(['APO-INPUT-VALUE', `--jq: ${what}`], { hints })
}

/** Blanks at the beginning of a hint would be lost. */
function marked(mark: string): string {
  return `${mark.replace(/ /g, '.')} here`
}
