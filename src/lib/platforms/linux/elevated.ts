import { randomBytes } from 'node:crypto'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { CommandOptions, CommandRequest, CommandResult, Transport } from '../../transports/transport.ts'
import { quote } from './quote.ts'
import { withHeader } from './with-header.ts'

/** How to become root. doas reads passwords from a terminal alone, so it works without one only. */
export type Privilege =
  { readonly method: 'sudo'; readonly password?: Secret | undefined } | { readonly method: 'doas' }

/**
 * The same machine as root. Everything that matters travels over standard input: the password, which
 * is thus in no process list, and the command line, which thus needs no quoting for two shells.
 * Rejects with APO-HOST-PRIVILEGE when the account may not become root.
 */
export function elevated(transport: Transport, privilege: Privilege): Transport {
  const state: ElevationState = { checked: undefined, needsTerminal: false }
  return {
    target: transport.target,
    async run(request, options = {}) {
      if (request.command.includes('\n')) throw new RangeError('a command is one line')
      if (passwordOf(privilege) !== undefined) {
        state.checked ??= checkPassword({ transport, privilege, state }, options)
        await state.checked
      }
      return runAsRoot({ transport, privilege, state }, { request, options })
    },
    close: () => transport.close(),
  }
}

interface ElevationState {
  /** A wrong password is found out once, by a command that reads nothing else. */
  checked: Promise<void> | undefined
  /** The host has `Defaults requiretty`. */
  needsTerminal: boolean
}

interface Elevation {
  readonly transport: Transport
  readonly privilege: Privilege
  readonly state: ElevationState
}

function passwordOf(privilege: Privilege): Secret | undefined {
  return privilege.method === 'sudo' ? privilege.password : undefined
}

/**
 * With only the password to read, sudo fails at its first wrong try: asked again it meets the end of
 * its input. `-k` makes it ask even when it remembers the account, so that a wrong password cannot
 * slip through now and be asked for, three times, later.
 */
async function checkPassword(elevation: Elevation, options: CommandOptions): Promise<void> {
  const mark = newMark()
  const stdin = `${passwordOf(elevation.privilege)?.reveal() ?? ''}\n`
  const attempt = () => {
    const command = commandLine(elevation, { inner: `echo ${mark} >&2`, forget: true })
    return elevation.transport.run({ command, stdin }, limitsOf(options))
  }
  await started(elevation, { mark, attempt })
}

async function runAsRoot(
  elevation: Elevation,
  what: { readonly request: CommandRequest; readonly options: CommandOptions },
): Promise<CommandResult> {
  const { request, options } = what
  const mark = newMark()
  const password = passwordOf(elevation.privilege)
  // When sudo does not ask after all, the password is a line like others, and is read away.
  const header = `${password === undefined ? '' : `${password.reveal()}\n`}${mark}\n${request.command}\n`
  const attempt = () => {
    const command = commandLine(elevation, { inner: innerScript(mark), forget: false })
    return elevation.transport.run({ ...request, command, stdin: withHeader(header, request.stdin) }, options)
  }
  return started(elevation, { mark, attempt })
}

/** What runs as root: skip to the mark, read the command line, say that we are in, and go. */
function innerScript(mark: string): string {
  return `l=; until [ "$l" = ${mark} ]; do IFS= read -r l || exit 1; done; IFS= read -r c; echo ${mark} >&2; eval "$c"`
}

/**
 * What comes on standard error before the mark is from sudo (a lecture, a warning about the host's
 * name); without the mark the command never ran.
 */
async function started(
  elevation: Elevation,
  run: { readonly mark: string; readonly attempt: () => Promise<CommandResult> },
): Promise<CommandResult> {
  const result = await run.attempt()
  const at = result.stderr.indexOf(`${run.mark}\n`)
  if (at >= 0) return { ...result, stderr: result.stderr.subarray(at + run.mark.length + 1) }
  const said = result.stderr.toString('utf8').trim()
  if (/\b(tty|terminal)\b/.test(said) && /must have/.test(said) && !elevation.state.needsTerminal) {
    elevation.state.needsTerminal = true
    return started(elevation, run)
  }
  throw refused(elevation, said)
}

function refused(elevation: Elevation, said: string): ApoctlError {
  const { privilege, transport } = elevation
  const hasPassword = passwordOf(privilege) !== undefined
  const last = said.split('\n').at(-1) ?? ''
  const why = last === '' ? 'it said nothing' : last
  const advice = hasPassword
    ? 'Check the password, and that the account may use sudo for every command.'
    : 'Give the password with --ask-sudo-password, or allow the account to use sudo without one.'
  return new ApoctlError(
    ['APO-HOST-PRIVILEGE', `${privilege.method} does not let ${transport.target} become root (${why})`],
    { hints: [privilege.method === 'doas' ? 'Add to /etc/doas.conf: permit nopass USER' : advice] },
  )
}

function commandLine(
  elevation: Elevation,
  how: { readonly inner: string; readonly forget: boolean },
): string {
  const { privilege, state } = elevation
  const become =
    privilege.method === 'doas'
      ? 'doas -n --'
      : `sudo -H ${how.forget ? '-k ' : ''}${privilege.password === undefined ? '-n' : "-S -p ''"} --`
  const plain = `${become} /bin/sh -c ${quote(how.inner)}`
  return state.needsTerminal ? onTerminal(plain) : `exec ${plain}`
}

/**
 * `Defaults requiretty` wants a controlling terminal and does not care where the data flows: script(1)
 * provides one, while the three streams go past it.
 */
function onTerminal(command: string): string {
  const outer =
    'exec 3<&0 4>&1 5>&2; SHELL=/bin/sh exec script -q -e -c "$0 <&3 >&4 2>&5" /dev/null </dev/null >/dev/null'
  return `exec /bin/sh -c ${quote(outer)} ${quote(command)}`
}

function limitsOf(options: CommandOptions): CommandOptions {
  const { signal, timeoutMs } = options
  return { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

function newMark(): string {
  return `apoctl-${randomBytes(9).toString('hex')}`
}
