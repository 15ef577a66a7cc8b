import { isAnswer, type ExpectedAnswer } from './expected-answer.ts'

/** What somebody pasted, read as the answer to a login, or what is wrong with it. */
export type PastedAnswer =
  { readonly ok: true; readonly answer: URLSearchParams } | { readonly ok: false; readonly problem: string }

/**
 * Reads the address that a browser ended at, as its address line gives it: whole, without its scheme, or only
 * what follows the `?` or `#`. A single word is the proof alone; it carries no state, and the provider lets it
 * pass only together with what the Console, or the token itself, keeps of this login.
 */
export function readPastedAnswer(pasted: string, expected: ExpectedAnswer): PastedAnswer {
  const text = pasted.trim()
  const { proof, state } = expected
  const wanted = proof === 'code' ? 'code' : 'token'
  if (text === '') return { ok: false, problem: 'nothing was pasted' }
  if (/^[^\s=?#]+$/.test(text) && !/^https?:/.test(text))
    return { ok: true, answer: new URLSearchParams({ [proof]: decoded(text), [state.name]: state.value }) }
  const answer = parametersOf(text, expected)
  if (isAnswer(answer, expected)) return { ok: true, answer }
  if (!answer.has(proof) && !answer.has('error')) return { ok: false, problem: `there is no ${wanted} in it` }
  return { ok: false, problem: 'it is not the answer to this login' }
}

function parametersOf(text: string, { place }: ExpectedAnswer): URLSearchParams {
  const [beforeHash = '', fragment = ''] = split(text, '#')
  if (place === 'fragment') return new URLSearchParams(text.includes('#') ? fragment : text)
  const [beforeQuery = '', query] = split(beforeHash, '?')
  return new URLSearchParams(query ?? beforeQuery)
}

/** At the first mark only. */
function split(text: string, mark: string): readonly (string | undefined)[] {
  const at = text.indexOf(mark)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Copied out of an address, a code is still escaped. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
