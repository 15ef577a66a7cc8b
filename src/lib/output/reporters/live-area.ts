/** Where the live lines are drawn, as it is at the moment. */
export interface LiveScreen {
  write(text: string): void
  columns(): number
  rows(): number
  /** Calls back whenever the size has changed. */
  onResize(changed: () => void): void
}

/** Lines at the bottom of a terminal that change in place, under what stays. */
export interface LiveArea {
  /** Shows these lines instead of those before; writes nothing but what is different. */
  paint(lines: readonly string[]): void
  /** Writes what stays above the lines. */
  print(text: string): void
  clear(): void
}

/** One write for each change, so that no half of one is ever seen: no cursor, no line that wraps on its way. */
const [begin, end] = ['\u001b[?25l\u001b[?7l', '\u001b[?7h\u001b[?25h']
const [wrapping, notWrapping] = ['\u001b[?7h', '\u001b[?7l']
const eraseLine = '\u001b[K'
const eraseBelow = '\r\u001b[J'
const up = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`)
const down = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}B`)

export function createLiveArea(screen: LiveScreen): LiveArea {
  /** What is on the screen; the cursor stands below its last line. */
  let shown: readonly string[] = []
  const erase = (): string => (shown.length === 0 ? '' : `${up(shown.length)}${eraseBelow}`)
  const fresh = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('')
  screen.onResize(() => {
    if (shown.length === 0) return
    // A terminal that became narrower has broken the lines; they take more rows than they did.
    const rows = shown.reduce((sum, line) => sum + rowsOf(line, screen.columns()), 0)
    screen.write(`${up(Math.min(rows, Math.max(1, screen.rows() - 1)))}${eraseBelow}`)
    shown = []
  })
  return {
    paint(lines) {
      const text = difference(shown, lines)
      shown = [...lines]
      if (text !== '') screen.write(`${begin}${text}${end}`)
    },
    print(text) {
      const ended = text.endsWith('\n') ? text : `${text}\n`
      screen.write(`${begin}${erase()}${wrapping}${ended}${notWrapping}${fresh(shown)}${end}`)
    },
    clear() {
      if (shown.length > 0) screen.write(erase())
      shown = []
    },
  }
}

/** From the row below the old lines to the row below the new ones, passing over what is the same. */
function difference(old: readonly string[], lines: readonly string[]): string {
  if (old.length === lines.length && old.every((line, at) => line === lines[at])) return ''
  let text = up(old.length)
  let passed = 0
  for (const [at, line] of lines.entries()) {
    if (line === old[at]) {
      passed += 1
      continue
    }
    text += `${down(passed)}${line}${eraseLine}\r\n`
    passed = 0
  }
  text += down(passed)
  return lines.length < old.length ? `${text}${eraseBelow}` : text
}

function rowsOf(line: string, columns: number): number {
  // Colours take no room.
  const { length } = Array.from(line.replace(/\u001b\[[\d;]*m/g, ''))
  return Math.max(1, Math.ceil(length / Math.max(1, columns)))
}
