/** What a text means to Python as a literal; undefined when it is none. */
export type Literal = { readonly value: unknown } | undefined

/**
 * Reads numbers, strings, `True`, `False`, `None`, lists, tuples, sets and mappings, as Ansible reads values of
 * INI files with Python's `ast.literal_eval`. What is none of them is a plain text to Ansible.
 */
export function pythonLiteral(text: string): Literal {
  const reader = new Reader(text)
  try {
    const value = reader.expression()
    return reader.isAtEnd() ? { value } : undefined
  } catch (error) {
    if (error instanceof NotALiteral) return undefined
    throw error
  }
}

class NotALiteral extends Error {}

const constants: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }
const number =
  /[+-]?\s*(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.?(?:\d(?:_?\d)*)?(?:[eE][+-]?\d+)?)/y
const string = /([rRuUbB]{0,2})('''[^]*?'''|"""[^]*?"""|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")/y
const word = /[A-Za-z_]\w*/y
const blank = /(?:[ \t\f\n]|#.*)*/y
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#match(blank)
  }

  isAtEnd(): boolean {
    this.#match(blank)
    return this.#at === this.#text.length
  }

  /** A value, or several with commas between them, which are a tuple even without parentheses. */
  expression(): unknown {
    const first = this.#value(0)
    if (!this.#takes(',')) return first
    const items = [first]
    while (!this.isAtEnd()) {
      items.push(this.#value(0))
      if (!this.#takes(',')) break
    }
    return items
  }

  #value(depth: number): unknown {
    this.#match(blank)
    if (depth > 50) throw new NotALiteral()
    const next = this.#text[this.#at] ?? ''
    if (next in closers) return this.#container(next, depth)
    if (/[\d.+-]/.test(next)) return this.#number()
    return this.#strings() ?? this.#constant()
  }

  #container(open: string, depth: number): unknown {
    const close = closers[open] ?? ''
    this.#at += 1
    const items: unknown[] = []
    const entries: [string, unknown][] = []
    let hasComma = false
    while (!this.#takes(close)) {
      const item = this.#value(depth + 1)
      if (open === '{' && this.#takes(':')) entries.push([String(item), this.#value(depth + 1)])
      else items.push(item)
      const isFollowed = this.#takes(',')
      if (!isFollowed && !this.#text.startsWith(close, this.#at)) throw new NotALiteral()
      hasComma ||= isFollowed
    }
    return contained({ open, items, entries, hasComma })
  }

  #number(): number {
    const digits = this.#match(number)?.[0].replace(/[_\s]/g, '') ?? ''
    // Python has no numbers that begin with a zero, so that nobody takes them for octal ones.
    if (/^[+-]?0\d*[1-9]\d*$/.test(digits) || !/\d/.test(digits)) throw new NotALiteral()
    const value = Number(digits.replace(/^[+-]/, ''))
    if (Number.isNaN(value) || /\w/.test(this.#text[this.#at] ?? '')) throw new NotALiteral()
    return digits.startsWith('-') ? -value : value
  }

  /** Strings that follow each other are one. */
  #strings(): string | undefined {
    let joined: string | undefined
    for (let match = this.#match(string); match !== null; match = this.#match(string)) {
      const [, prefix = '', quoted = ''] = match
      const width = /^('''|""")/.test(quoted) ? 3 : 1
      const body = quoted.slice(width, -width)
      joined = (joined ?? '') + (/r/i.test(prefix) ? body : unescape(body))
      this.#match(blank)
    }
    return joined
  }

  #constant(): unknown {
    const name = this.#match(word)?.[0] ?? ''
    if (!Object.hasOwn(constants, name)) throw new NotALiteral()
    return constants[name]
  }

  #takes(mark: string): boolean {
    this.#match(blank)
    const isThere = this.#text.startsWith(mark, this.#at)
    if (isThere) this.#at += mark.length
    return isThere
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at += match[0].length
    return match
  }
}

interface Contents {
  readonly open: string
  readonly items: readonly unknown[]
  readonly entries: readonly (readonly [string, unknown])[]
  readonly hasComma: boolean
}

/** Tuples and sets are lists to whoever reads them as JSON. */
function contained({ open, items, entries, hasComma }: Contents): unknown {
  if (entries.length > 0 && items.length > 0) throw new NotALiteral()
  if (open === '(' && items.length === 1 && !hasComma) return items[0]
  return open === '{' && items.length === 0 ? Object.fromEntries(entries) : items
}

const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', '\n': '' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
}

function unescape(body: string): string {
  return body.replace(/\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|[^])/g, (whole) => {
    const kind = whole[1] ?? ''
    if (/[0-7]/.test(kind)) return String.fromCharCode(Number.parseInt(whole.slice(1), 8))
    if (!/[xuUN]/.test(kind)) return escapes[kind] ?? whole
    const code = Number.parseInt(whole.slice(2), 16)
    if (Number.isNaN(code) || code > 0x10ffff) throw new NotALiteral()
    return String.fromCodePoint(code)
  })
}
