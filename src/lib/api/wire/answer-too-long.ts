/** Whoever answered sends more than is wanted, maybe without end. */
export class AnswerTooLong extends Error {
  override readonly name = 'AnswerTooLong'
  readonly code = 'ERR_ANSWER_TOO_LONG'

  constructor(mostBytes: number) {
    super(`the answer is longer than ${mostBytes} bytes`)
  }
}
