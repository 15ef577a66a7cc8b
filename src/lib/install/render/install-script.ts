import { createHash } from 'node:crypto'
import { enforcerPaths, enforcerServiceName } from '../../../contract/enforcer-paths.ts'
import { quote, quoteAll } from '../../platforms/linux/quote.ts'
import { collect } from '../linux/collect-input.ts'
import type { HostChange, Step } from '../plan/step.ts'
import { asWanted, checkExit, isOther, type WantedOnHost } from './as-wanted.ts'
import { scriptFunctions } from './script-functions.ts'

/** A script that installs without apoctl. */
export interface InstallScript {
  /** Everything a person reads before running it. */
  readonly text: Buffer
  /** What the steps read, in order; goes right behind the text. */
  readonly payload: readonly Buffer[]
  /** A smaller one, which only looks whether there is anything to do. */
  readonly check: string
}

/** What the script is for, and what its head says about that. */
export interface InstallScriptFacts extends WantedOnHost {
  readonly machine: string
  /** Whether layers come from where the token has to be shown. */
  readonly showsToken: boolean
  readonly connectTimeoutMs: number
  readonly apoctlVersion: string
}

/** The token goes into the file that this step writes, before the service starts. */
const configurationStep = `file ${enforcerPaths.configuration}`
const layerStep = /^layer /
/** Everything behind this line is the package. */
const payloadMark = '__APOCTL_PAYLOAD__'
/** Words by which a script is told what to do. */
export const scriptWords = { check: '--check', tokenFromInput: '--token-from-stdin' } as const

/**
 * Writes a plan for an empty host down as a shell script: the same steps and the same undo as an
 * installation over SSH. It runs only when it is whole (`main` is called on its last line, and the
 * package is checked first), does nothing where all is as wanted, refuses a host that has another enforcer,
 * and takes the token from its environment or standard input: a file that gets copied around is no place
 * for one, and neither is a command line.
 */
export async function renderInstallScript(
  steps: readonly Step[],
  facts: InstallScriptFacts,
): Promise<InstallScript> {
  const payload: Buffer[] = []
  let offset = 0
  const place = async ({ id, change }: Step): Promise<string> => {
    if (change.stdin === undefined) return commandLine(change)
    const input = await collect(change.stdin())
    const read = `piece ${offset} ${input.length}`
    payload.push(input)
    offset += input.length
    return fedLine(change, facts.showsToken && layerStep.test(id) ? `{ bearer; ${read}; }` : read)
  }
  const blocks: string[] = []
  for (const step of steps) blocks.push(stepBlock(step, await place(step)))
  const sha256 = payload.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')
  const text = Buffer.from(scriptText({ blocks, sha256 }, facts))
  return { payload, text, check: checkText(facts) }
}

function stepBlock(step: Step, change: string): string {
  const title = quote(step.title)
  const token = step.id === configurationStep ? [`  add_token || give_up ${title}`] : []
  return [
    `  say ${title}`,
    `  undo=${quote(`${commandLine(step.undo)}\n`)}$undo`,
    `  ${change} || give_up ${title}`,
    ...token,
  ].join('\n')
}

function commandLine(change: HostChange): string {
  return `${runLine(change)} </dev/null`
}

function fedLine(change: HostChange, from: string): string {
  return `${from} | ${runLine(change)}`
}

function runLine({ script, args = [] }: HostChange): string {
  return `sh -c ${quote(script)} sh ${quoteAll(args)}`.trimEnd()
}

function scriptText(
  made: { readonly blocks: readonly string[]; readonly sha256: string },
  facts: InstallScriptFacts,
): string {
  return `${head(facts)}
set -eu
self=$0
undo=
payload_mark=${payloadMark}
${scriptFunctions}${asWanted(facts)}
main() {
${beforehand(facts)}
  [ "$(payload | sha256sum | cut -d' ' -f1)" = ${made.sha256} ] || fail 'this file is damaged or incomplete'
  trap 'give_up interrupted' HUP INT TERM
${made.blocks.join('\n')}
  await_registration ${Math.ceil(facts.connectTimeoutMs / 1000)} || give_up ${quote(`register with ${facts.configuration.api}`)}
  trap - HUP INT TERM
  systemctl is-active --quiet ${enforcerServiceName}
  say 'done; see it connected: apoctl enforcer status --namespace ${facts.configuration.namespace}'
}
main "$@"
exit 0
${payloadMark}
`
}

function head(facts: InstallScriptFacts): string {
  return `#!/bin/sh
# Installs prisma-enforcer ${facts.bundle.manifest.version}.
#   Console:   ${facts.configuration.api}
#   namespace: ${facts.configuration.namespace}
# Written by apoctl ${facts.apoctlVersion}. Read it, then run it as root on the host:
#   ENFORCERD_TOKEN=... sh installenforcer.sh
# The token is used to register, and not kept; a failure brings the host back to what it was. Running it
# again changes nothing. With ${scriptWords.tokenFromInput} the token is the first line of standard input. With
# ${scriptWords.check} it changes nothing, and ends with ${checkExit.asWanted} where all is as wanted, ${checkExit.absent} where no enforcer is, ${checkExit.other} otherwise.`
}

/** What has to hold before anything is changed, and whether anything is to be. */
function beforehand({ machine, bundle }: InstallScriptFacts): string {
  return `  [ "$(id -u)" = 0 ] || fail 'this must run as root'
  [ "$(uname -m)" = ${machine} ] || fail "this is for ${machine} machines, and this one is $(uname -m)"
  command -v systemctl >/dev/null 2>&1 || fail 'systemd is not here, which the enforcer is started by'
  state=0
  look || state=$?
  [ "\${1:-}" != ${scriptWords.check} ] || exit "$state"
  case $state in
    ${checkExit.asWanted}) say 'prisma-enforcer ${bundle.manifest.version} is installed here as wanted; nothing to do'; exit 0 ;;
    ${checkExit.other}) fail ${quote(isOther)} ;;
  esac
  if [ "\${1:-}" = ${scriptWords.tokenFromInput} ]; then IFS= read -r ENFORCERD_TOKEN || :; fi
  case \${ENFORCERD_TOKEN:-} in
    '') fail 'give the token in ENFORCERD_TOKEN' 2 ;;
    *[!A-Za-z0-9._~+/=-]*) fail 'what was given as the token is none' 2 ;;
  esac`
}

function checkText(facts: InstallScriptFacts): string {
  return `#!/bin/sh
# Looks whether prisma-enforcer ${facts.bundle.manifest.version} is installed here as wanted, and changes nothing. Ends with
# ${checkExit.asWanted} where it is, ${checkExit.absent} where no enforcer is, ${checkExit.other} where one is that differs.
set -u
${asWanted(facts)}
state=0
look || state=$?
if [ "$state" = ${checkExit.other} ]; then echo ${quote(isOther)} >&2; fi
exit "$state"
`
}
