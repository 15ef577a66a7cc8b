/** Asks the person; the library never does. */
export interface FixAsker {
  confirm(question: { readonly text: string; readonly flag: string }): Promise<boolean>
}

/** Hosts are worked on side by side, and a person reads one question at a time. */
export function oneQuestionAtATime(ask: FixAsker): FixAsker {
  let last: Promise<unknown> = Promise.resolve()
  return {
    confirm(question) {
      const answer = last.then(() => ask.confirm(question))
      // A question that could not be asked is its host's trouble, not that of the next.
      last = answer.catch(() => undefined)
      return answer
    },
  }
}
