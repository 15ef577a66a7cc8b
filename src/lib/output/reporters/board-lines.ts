import { foldNames } from '../../progress/fold-names.ts'
import { sanitiseLine } from '../sanitise.ts'
import type { Paint, Theme } from '../theme.ts'
import type { HostBoard, Subject, SubjectState } from './host-board.ts'

/** What there is to draw on, now. */
export interface Canvas {
  readonly columns: number
  /** The most lines to draw. */
  readonly lines: number
  readonly nowMs: number
  readonly theme: Theme
  /** A text with the sign before it that shows that something moves. */
  readonly moving: (text: string) => string
}

const stateWords: Readonly<Record<SubjectState, string>> = {
  running: 'running',
  failed: 'failed',
  done: 'ok',
  unchanged: 'unchanged',
  skipped: 'skipped',
  waiting: 'waiting',
}
const wordWidth = 10
/** Folding thousands of names over and over takes longer than anybody looks at them. */
const mostFolded = 500

/** One line a host; folded by state when there are more hosts than lines, so that what runs is seen longest. */
export function boardLines(board: HostBoard, canvas: Canvas): string[] {
  const subjects = [...board.subjects.values()]
  const hosts = subjects.filter(({ isHost }) => isHost)
  const others = subjects.filter(({ isHost }) => !isHost)
  if (hosts.length <= 1) return soloLines([...hosts, ...others], canvas)
  const head = headLine(board, { hosts, canvas })
  const room = canvas.lines - 1
  const body =
    subjects.length <= room
      ? subjectLines([...hosts, ...others], canvas)
      : foldedLines(hosts, { ...canvas, lines: room })
  return [head, ...body].slice(0, Math.max(1, canvas.lines))
}

/** Nobody needs a heading over one line; the spinner says that something moves. */
function soloLines(subjects: readonly Subject[], canvas: Canvas): string[] {
  const running = subjects.filter(({ state }) => state === 'running')
  const shown = running.slice(0, Math.max(1, canvas.lines))
  return shown.map((subject, at) => {
    const more =
      at === shown.length - 1 && running.length > shown.length
        ? ` (+${running.length - shown.length} more)`
        : ''
    const text = `${sanitiseLine(subject.name)}: ${stepOf(subject)}`
    const end = `${more}  ${seconds(subject, canvas)}`
    return canvas.moving(`${cut(text, canvas.columns - 2 - end.length)}${end}`)
  })
}

function headLine(
  { wave }: HostBoard,
  about: { readonly hosts: readonly Subject[]; readonly canvas: Canvas },
): string {
  const { hosts, canvas } = about
  const count = (...states: readonly SubjectState[]): number =>
    hosts.filter(({ state }) => states.includes(state)).length
  const failed = count('failed')
  const ended = count('done', 'unchanged', 'skipped', 'failed')
  const part = wave === undefined || wave.count === 1 ? '' : `wave ${wave.number} of ${wave.count}, `
  const counts = `${part}${ended} of ${hosts.length} done${failed === 0 ? '' : `, ${failed} failed`}`
  const elapsed = span(canvas.nowMs - (wave?.sinceMs ?? canvas.nowMs))
  const text = `${sanitiseLine(wave?.step ?? '')}: ${counts}  ${elapsed}`
  return canvas.moving(canvas.theme.bold(cut(text, canvas.columns - 2)))
}

/** Names so wide push what follows to the right. */
const widestName = 32

/** What they do stands under each other. */
function subjectLines(subjects: readonly Subject[], canvas: Canvas): string[] {
  const names = subjects.map(({ name }) => sanitiseLine(name))
  const width = Math.min(widestName, Math.max(0, ...names.map(({ length }) => length)))
  return subjects.map((subject, at) => {
    const { state } = subject
    const name = names[at] ?? ''
    const step = state === 'running' ? `${name.padEnd(width)}  ${stepOf(subject)}` : name
    const end = state === 'waiting' ? '' : `  ${seconds(subject, canvas)}`
    return stateLine(state, { text: step, end, canvas })
  })
}

function foldedLines(hosts: readonly Subject[], canvas: Canvas): string[] {
  const of = (state: SubjectState): Subject[] => hosts.filter((host) => host.state === state)
  const groups = (['failed', 'done', 'unchanged', 'skipped', 'waiting'] as const)
    .map((state) => ({ state, members: of(state) }))
    .filter(({ members }) => members.length > 0)
  const running = of('running').sort((a, b) => a.sinceMs - b.sinceMs)
  const room = canvas.lines - groups.length
  const single = running.length <= room ? running : running.slice(0, Math.max(0, room - 1))
  const rest = running.slice(single.length)
  const folded = rest.length === 0 ? groups : [{ state: 'running' as const, members: rest }, ...groups]
  return [
    ...subjectLines(single, canvas),
    ...folded.map(({ state, members }) =>
      stateLine(state, { text: namesOf(members), end: ` (${members.length})`, canvas }),
    ),
  ]
}

function namesOf(members: readonly Subject[]): string {
  return members.length > mostFolded ? 'hosts' : foldNames(members.map(({ name }) => sanitiseLine(name)))
}

function stateLine(
  state: SubjectState,
  about: { readonly text: string; readonly end: string; readonly canvas: Canvas },
): string {
  const { text, end, canvas } = about
  const word = stateWords[state].padEnd(wordWidth)
  return `  ${paintOf(state, canvas.theme)(word)}${cut(text, canvas.columns - wordWidth - 2 - end.length)}${end}`
}

function paintOf(state: SubjectState, theme: Theme): Paint {
  switch (state) {
    case 'running':
      return theme.accent
    case 'done':
      return theme.good
    case 'failed':
      return theme.bad
    case 'unchanged':
    case 'skipped':
    case 'waiting':
      return theme.dim
  }
}

const stepOf = ({ steps }: Subject): string => sanitiseLine(steps.at(-1) ?? '')

function seconds(subject: Subject, { nowMs }: Canvas): string {
  return span((subject.state === 'running' ? nowMs : subject.untilMs) - subject.sinceMs)
}

/** `7s`, `2m05s`. */
function span(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  return total < 60 ? `${total}s` : `${Math.floor(total / 60)}m${String(total % 60).padStart(2, '0')}s`
}

/** Ends in … where it was longer. */
function cut(text: string, width: number): string {
  const characters = Array.from(text)
  if (characters.length <= width) return text
  return width < 2 ? '' : `${characters.slice(0, width - 1).join('')}…`
}
