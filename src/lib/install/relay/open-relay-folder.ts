import { ApoctlError } from '../../errors/apoctl-error.ts'
import { converse } from '../../platforms/linux/converse.ts'
import type { Transport } from '../../transports/transport.ts'
import { relayMark } from './relay-message.ts'

/** A folder on a jump host that is there as long as we are. */
export interface RelayFolder {
  readonly path: string
  /** As `uname -m` names the machine. */
  readonly machine: string
  /** Removes it. */
  close(): Promise<void>
}

/**
 * The home comes first: /tmp is often small, or may hold no programs. Its reader's end is ours, whatever
 * became of us. What a machine that lost power still has of an earlier run goes after a week.
 */
const keepFolder = `set -eu
umask 077
folder=
for place in "\${HOME:-/tmp}" /tmp; do
  find "$place" -maxdepth 1 -type d -name '.apoctl-relay.*' -user "$(id -u)" -mtime +7 -exec rm -rf {} + 2>/dev/null || :
  folder=$(mktemp -d "$place/.apoctl-relay.XXXXXX" 2>/dev/null) && break
done
[ -n "$folder" ] || { echo 'there is no folder to write to' >&2; exit 1; }
printf '${relayMark}%s %s\\n' "$(uname -m)" "$folder"
cat >/dev/null
rm -rf "$folder"`

/** Makes a folder on a jump host. Rejects with APO-RELAY-START and APO-SSH-*. */
export async function openRelayFolder(transport: Transport, signal: AbortSignal): Promise<RelayFolder> {
  let found: ((line: string) => void) | undefined
  const told = new Promise<string>((resolve) => (found = resolve))
  let said = ''
  const onLine = (line: string): void => {
    if (line.startsWith(relayMark)) found?.(line.slice(relayMark.length))
    else said = line
  }
  const keeper = converse(transport, { text: keepFolder, signal, onLine })
  const refused = keeper.ended.then(({ stderr }) => {
    // A login that runs nothing says so on standard output.
    throw cannotStart(transport.target, stderr.toString('utf8') || said)
  })
  const [machine = '', ...words] = (await Promise.race([told, refused])).split(' ')
  return { machine, path: words.join(' '), close: () => keeper.close() }
}

/** `said`: what the machine had to say about it, lines of which the last ones count. */
export function cannotStart(target: string, said: string): ApoctlError {
  const words = said.trim().split('\n').slice(-2).join(' / ')
  return new ApoctlError([
    'APO-RELAY-START',
    `nothing can be started on ${target}${words === '' ? ', and it does not say why' : `: ${words}`}`,
  ])
}
