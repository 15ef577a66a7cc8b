import { createHash } from 'node:crypto'
import {
  enforcerConfigurationKeys,
  enforcerPaths,
  enforcerServiceName,
} from '../../../contract/enforcer-paths.ts'
import { quote, quoteAll } from '../../platforms/linux/quote.ts'
import type { HostChange, Step } from '../plan/step.ts'
import { collect } from './collect-input.ts'

/** A script that installs without apoctl: one file, its package at the end. */
export interface InstallScript {
  /** Everything a person reads before running it. */
  readonly text: Buffer
  /** What the steps read, in order; goes right behind the text. */
  readonly payload: readonly Buffer[]
}

/** What the head of the script says about itself. */
export interface InstallScriptFacts {
  readonly version: string
  readonly api: string
  readonly namespace: string
  readonly apoctlVersion: string
}

interface Piece {
  readonly offset: number
  readonly sizeBytes: number
}

/** The token goes into the file that this step writes, before the service starts. */
const configurationStep = `file ${enforcerPaths.configuration}`
/** Everything behind this line is the package. */
const payloadMark = '__APOCTL_PAYLOAD__'

/**
 * Writes a plan for an empty host down as a shell script: the same steps and the same undo as an
 * installation over SSH. It runs only when it is whole (`main` is called on its last line, and the
 * package is checked first), refuses a host that has an enforcer, and takes the token from its
 * environment, because a file that gets copied around is no place for one.
 */
export async function renderInstallScript(
  steps: readonly Step[],
  facts: InstallScriptFacts,
): Promise<InstallScript> {
  const payload: Buffer[] = []
  let offset = 0
  const place = async (change: HostChange): Promise<string> => {
    if (change.stdin === undefined) return commandLine(change, undefined)
    const input = await collect(change.stdin())
    const piece = { offset, sizeBytes: input.length }
    payload.push(input)
    offset += input.length
    return commandLine(change, piece)
  }
  const blocks: string[] = []
  for (const step of steps) blocks.push(stepBlock(step, await place(step.change)))
  const sha256 = payload.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest('hex')
  return { payload, text: Buffer.from(scriptText({ blocks, sha256 }, facts)) }
}

function stepBlock(step: Step, change: string): string {
  const title = quote(step.title)
  const token = step.id === configurationStep ? [`  add_token || give_up ${title}`] : []
  return [
    `  say ${title}`,
    `  undo=${quote(`${commandLine(step.undo, undefined)}\n`)}$undo`,
    `  ${change} || give_up ${title}`,
    ...token,
  ].join('\n')
}

function commandLine(change: HostChange, piece: Piece | undefined): string {
  const run = `sh -c ${quote(change.script)} sh ${quoteAll(change.args ?? [])}`.trimEnd()
  return piece === undefined ? `${run} </dev/null` : `piece ${piece.offset} ${piece.sizeBytes} | ${run}`
}

function scriptText(
  made: { readonly blocks: readonly string[]; readonly sha256: string },
  facts: InstallScriptFacts,
): string {
  return `#!/bin/sh
# Installs prisma-enforcer ${facts.version}.
#   Console:   ${facts.api}
#   namespace: ${facts.namespace}
# Written by apoctl ${facts.apoctlVersion}. Read it, then run it as root on the host:
#   ENFORCERD_TOKEN=... sh installenforcer.sh
# The token is used once, to register; a failure brings the host back to what it was.
set -eu
self=$0
undo=
${functions}
main() {
  [ "$(id -u)" = 0 ] || fail 'this must run as root'
  [ -n "\${ENFORCERD_TOKEN:-}" ] || fail 'give the token in ENFORCERD_TOKEN' 2
  [ ! -e ${enforcerPaths.current} ] || fail 'an enforcer is installed here already'
  [ "$(payload | sha256sum | cut -d' ' -f1)" = ${made.sha256} ] || fail 'this file is damaged or incomplete'
  trap 'give_up interrupted' HUP INT TERM
${made.blocks.join('\n')}
  trap - HUP INT TERM
  systemctl is-active --quiet ${enforcerServiceName}
  say 'done; see it connected: apoctl enforcer status --namespace ${facts.namespace}'
}
main
exit 0
${payloadMark}
`
}

const functions = `
say() { printf '%s\\n' "- $*" >&2; }
fail() { printf '%s\\n' "error: $1" >&2; exit "\${2:-1}"; }
payload() { tail -n +"$(awk '$0 == "${payloadMark}" { print NR + 1; exit }' "$self")" "$self"; }
piece() { payload | tail -c +"$(($1 + 1))" | head -c "$2"; }
give_up() {
  trap - HUP INT TERM
  say "failed: $1; bringing the host back to what it was"
  eval "$undo"
  exit 1
}
add_token() {
  (umask 077; printf '${enforcerConfigurationKeys.token}="%s"\\n' "$ENFORCERD_TOKEN" >> ${enforcerPaths.configuration})
}
`
