import type { LiveScreen } from '../../../../src/lib/output/reporters/live-area.ts'

/** As much of a terminal as live lines use; what it does not know is an error. */
export class VirtualScreen implements LiveScreen {
  readonly written: string[] = []
  #lines: string[] = ['']
  #row = 0
  #column = 0
  #wraps = true
  #changed: () => void = () => undefined
  #columns: number
  readonly #rows: number

  constructor(size: { readonly columns: number; readonly rows: number }) {
    this.#columns = size.columns
    this.#rows = size.rows
  }

  columns = (): number => this.#columns
  rows = (): number => this.#rows
  onResize(changed: () => void): void {
    this.#changed = changed
  }

  /** Breaks lines that are too long now, as most terminals do. */
  resize(columns: number): void {
    this.#columns = columns
    const broken = this.#lines.map((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
    this.#row = broken.slice(0, this.#row).flat().length
    this.#lines = broken.flat()
    this.#changed()
  }

  /** All that was ever on the screen, without blank lines at the end. */
  text(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd())
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  wraps = (): boolean => this.#wraps

  write(text: string): void {
    this.written.push(text)
    for (const [part] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]/g)) this.#act(part)
  }

  #act(part: string): void {
    const [, digits = '', letter = ''] = /^\u001b\[(\??\d*)([A-Za-z])$/.exec(part) ?? []
    if (part === '\r') this.#column = 0
    else if (part === '\n') this.#down()
    else if (letter === '') this.#put(part)
    else this.#obey(letter, digits)
  }

  #obey(letter: string, digits: string): void {
    const count = Number(digits === '' ? 1 : digits)
    if (letter === 'A') this.#row = Math.max(0, this.#row - count)
    else if (letter === 'B') this.#row = Math.min(this.#lines.length - 1, this.#row + count)
    else if (letter === 'K') this.#lines[this.#row] = this.#line().slice(0, this.#column)
    else if (letter === 'J') this.#lines.splice(this.#row, Infinity, this.#line().slice(0, this.#column))
    else if (digits === '?7') this.#wraps = letter === 'h'
    else if (digits !== '?25' && letter !== 'm') throw new Error(`unknown: ${digits}${letter}`)
  }

  readonly #line = (): string => this.#lines[this.#row] ?? ''

  #down(): void {
    // The terminal driver makes a return of every new line.
    this.#column = 0
    this.#row += 1
    if (this.#row === this.#lines.length) this.#lines.push('')
  }

  #put(character: string): void {
    if (this.#column === this.#columns && this.#wraps) this.#down()
    const at = Math.min(this.#column, this.#columns - 1)
    const line = this.#line().padEnd(at)
    this.#lines[this.#row] = line.slice(0, at) + character + line.slice(at + 1)
    this.#column = at + 1
  }
}
