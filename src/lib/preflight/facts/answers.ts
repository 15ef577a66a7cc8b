import { ApoctlError } from '../../errors/apoctl-error.ts'

const collectorVersion = 'apoctl.collector/v1'
const mark = '@apoctl '
const mostAnswers = 20_000
const mostLineLength = 400_000

/** What the collector said, by key. Everything in it came from the host and is only trusted to be text. */
export interface Answers {
  /** The first answer to a key; null when there is none or it is empty. */
  first(key: string): string | null
  all(key: string): readonly string[]
  /** A list of words; null when the key was not answered at all. */
  words(key: string): readonly string[] | null
  keys(): readonly string[]
}

/**
 * Picks the collector's answers out of what came back, past banners and login noise.
 * Throws APO-HOST-ANSWER when there are none, or when they stop before their end.
 */
export function parseAnswers(output: string, from: { readonly host: string }): Answers {
  const answers = new Map<string, string[]>()
  let state: 'before' | 'inside' | 'complete' = 'before'
  let count = 0
  for (const line of linesOf(output)) {
    if (line === `${mark}begin ${collectorVersion}`) state = 'inside'
    else if (line === `${mark}end ${collectorVersion}`) state = 'complete'
    if (state !== 'inside' || !line.startsWith(mark) || count >= mostAnswers) continue
    count += 1
    addAnswer(answers, line)
  }
  if (state !== 'complete') throw incomplete(from.host, { state, output })
  return toAnswers(answers)
}

function addAnswer(answers: Map<string, string[]>, line: string): void {
  const [, key, value] = /^@apoctl ([A-Za-z0-9_.-]{1,80}) ?(.*)$/.exec(line) ?? []
  if (key === undefined) return
  const values = answers.get(key) ?? []
  values.push(value?.trim() ?? '')
  answers.set(key, values)
}

/** Lines without control characters, so that nothing of a host can steer a terminal or forge a line. */
function* linesOf(output: string): Generator<string> {
  let start = 0
  while (start < output.length) {
    const end = output.indexOf('\n', start)
    const stop = end === -1 ? output.length : end
    if (stop - start <= mostLineLength) yield withoutControls(output.slice(start, stop))
    start = stop + 1
  }
}

function withoutControls(line: string): string {
  return (
    line
      .replaceAll('\t', ' ')
      // Escape sequences whole, then every control character and mark that reorders text.
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g, '')
      .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '')
  )
}

function toAnswers(answers: ReadonlyMap<string, readonly string[]>): Answers {
  const all = (key: string): readonly string[] => answers.get(key) ?? []
  return {
    all,
    first: (key) => all(key).find((value) => value !== '') ?? null,
    words: (key) => (answers.has(key) ? all(key).flatMap((value) => value.split(' ').filter(Boolean)) : null),
    keys: () => [...answers.keys()],
  }
}

function incomplete(
  host: string,
  what: { readonly state: 'before' | 'inside'; readonly output: string },
): ApoctlError {
  const problem =
    what.state === 'before'
      ? `${host} did not run the fact collector`
      : `the answer of ${host} to the fact collector stops in the middle`
  const said = withoutControls(what.output.slice(0, 300).replaceAll('\n', ' ')).trim().slice(0, 160)
  return new ApoctlError(['APO-HOST-ANSWER', problem], {
    hints: [
      ...(what.state === 'before' && said !== '' ? [`It answered: ${said}`] : []),
      'The account needs a POSIX shell: try `ssh HOST exec sh -s` by hand.',
    ],
  })
}
