import { scan, type PlacedToken, type Token, type TokenKind } from './scanner.ts'

const end: Token = { kind: 'end', text: 'EOF' }

/** Thrown inside the parser only; parseFilter turns it into its answer. */
export class FilterSyntaxError extends Error {
  override readonly name = 'FilterSyntaxError'
}

/** Walks over the tokens of a filter. */
export class TokenReader {
  readonly #tokens: readonly PlacedToken[]
  readonly #length: number
  #at = 0
  #seen = 0

  constructor(input: string) {
    this.#tokens = scan(input)
    this.#length = Array.from(input).length
  }

  /** Where the token that was looked at last begins: what is wrong is wrong there. */
  get position(): number {
    return this.#tokens[this.#seen]?.at ?? this.#length
  }

  /** The next token, spaces included. */
  nextRaw(): Token {
    this.#seen = this.#at
    return this.#tokens[this.#at++] ?? end
  }

  next(): Token {
    const token = this.nextRaw()
    return token.kind === 'space' ? this.nextRaw() : token
  }

  peek(): Token {
    const at = this.#at
    const token = this.next()
    this.#at = at
    return token
  }

  /** Takes the next token if it is of that kind. */
  accept(kind: TokenKind): boolean {
    if (this.peek().kind !== kind) return false
    this.next()
    return true
  }

  /** Everything up to the same quote, as it stands. */
  quoted(quote: '"' | "'"): string {
    let text = ''
    for (;;) {
      const token = this.nextRaw()
      if (token.kind === 'end') throw new FilterSyntaxError(`missing quote after ${text}`)
      if (token.kind === quote) return text
      text += token.text
    }
  }
}
