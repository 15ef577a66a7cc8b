import { inspect } from 'node:util'

const mask = '••••••'

/**
 * A value that cannot be printed by accident: template strings, JSON, `console`, `inspect` and
 * error messages show dots. Only `reveal()` gives the text, so every use can be found by name.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return `Secret(${mask})`
  }
}
