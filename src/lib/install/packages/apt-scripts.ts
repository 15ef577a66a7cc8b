import { hostProxies } from '../../platforms/linux/host-proxies.ts'
import { lockWaitSeconds, packageExit, type PackageScripts } from './package-scripts.ts'

/* The shell of an installation with apt. As all scripts here: POSIX, safe to run again, every value an argument. */

/** Needs $said, what apt-get said of an update that did not go well. What is wrong for good is told from what is not. */
const judgeUpdate = `
  grep -E '^(E|W|Err)' "$said" | grep -v 'Some index files failed' | head -n 3 >&2
  if grep -qE 'NO_PUBKEY|KEYSIG|BADSIG|ERRSIG|is not signed|no longer signed|GPG error|Hash Sum mismatch|unexpected size|is expired|invalid signature' "$said"; then
    exit ${packageExit.signature}
  fi
  exit ${packageExit.unreachable}`

const refuse = `^(E|Err|W: (Failed|GPG|Some|An error)):?|^W:.*(signature|signed)`

/**
 * $1 source, as its file would have it; $2 key. Asks the repository and nobody else, with all that apt keeps in a
 * folder of its own, so that the host stays as it is. Says a line for each version, newest first.
 */
const find = `set -eu
export LC_ALL=C
${hostProxies}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
# apt reads and fetches as a user of its own.
chmod 755 "$folder"
mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
printf '%s\\n' "$2" > "$folder/key.asc"
printf '%s\\n' "$1" | sed "s#signed-by=[^] ]*#signed-by=$folder/key.asc#" > "$folder/source.list"
printf '#clear APT::Update::%s;\\n' Pre-Invoke Post-Invoke Post-Invoke-Success > "$folder/conf"
apt() {
  program=$1; shift
  "$program" -c "$folder/conf" -o Dir::Etc::SourceList="$folder/source.list" -o Dir::Etc::SourceParts=- \\
    -o Dir::State::Lists="$folder/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache" \\
    -o Acquire::Languages=none -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}
said=$folder/said
failed=
apt apt-get update > "$said" 2>&1 || failed=yes
if [ -n "$failed" ] || grep -qE '${refuse}' "$said"; then${judgeUpdate}
fi
apt apt-cache madison prisma-enforcer | while IFS='| ' read -r name version rest; do
  [ "$name" = prisma-enforcer ] && echo "apoctl-version $version"
done
echo apoctl-end`

/** Runs apt-get as nobody has to answer it; waits for others who are at work, and not for ever. */
const aptGet = `
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
${hostProxies}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
trap 'exit 1' HUP INT TERM
apt() {
  until=$(($(date +%s) + ${lockWaitSeconds}))
  while :; do
    code=0
    apt-get -q -y -o DPkg::Lock::Timeout=5 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \\
      -o Acquire::https::Timeout=20 "$@" > "$said" 2>&1 || code=$?
    [ "$code" -ne 0 ] && grep -qE 'Could not get lock|Unable to (acquire|lock)' "$said" || return "$code"
    if [ "$(date +%s)" -ge "$until" ]; then
      grep -m 1 -E 'Could not get lock|Unable to' "$said" >&2
      exit ${packageExit.locked}
    fi
    sleep 2
  done
}`

/** Needs $version. Files of the configuration stay as they are; nothing else is removed for it. */
const installVersion = `
  if ! apt -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef --no-install-recommends \\
    --allow-downgrades --no-remove install "prisma-enforcer=$version"; then
    grep -E '^(E|dpkg|prisma-enforcer):?' "$said" | tail -n 3 >&2
    if grep -qE 'Hash Sum mismatch|unexpected size' "$said"; then exit ${packageExit.signature}; fi
    if grep -q 'Failed to fetch' "$said"; then exit ${packageExit.unreachable}; fi
    if grep -q 'was not found' "$said"; then exit ${packageExit.version}; fi
    exit 1
  fi
  rm -f /var/cache/apt/archives/prisma-enforcer_*.deb`

/** $1 version; $2 file of the source. Refreshes what is known of that source, and of no other. */
const install = `set -eu
version=$1${aptGet}
code=0
apt -o Dir::Etc::SourceList="$2" -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0 update || code=$?
if [ "$code" -ne 0 ] || grep -qE '${refuse}' "$said"; then${judgeUpdate}
fi
${installVersion}`

/** Needs $source. What apt fetched of that source is of no use without it. */
const forgetLists = `
if [ -f "$source" ]; then
  apt-get indextargets -o Dir::Etc::SourceList="$source" -o Dir::Etc::SourceParts=- --format '$(FILENAME)' 2>/dev/null |
    while read -r list; do
      case $list in /var/lib/apt/lists/*_dists_*) rm -f "\${list%%_dists_*}_dists_"* ;; esac
    done
fi`

/** $1 source, $2 \`purge\`, or \`remove\` to keep what the enforcer wrote. Twice is as good as once. */
const remove = `set -eu
source=$1; how=$2${aptGet}
status=$(dpkg-query -W -f '\${db:Status-Status}' prisma-enforcer 2>/dev/null || :)
case $status in
  ''|not-installed) ;;
  *)
    if ! apt "$how" prisma-enforcer; then
      grep -E '^(E|dpkg|prisma-enforcer):?' "$said" | tail -n 3 >&2
      exit 1
    fi ;;
esac
rm -f /var/cache/apt/archives/prisma-enforcer_*.deb${forgetLists}`

/** $1 nothing, then the file of the source, then further files that go with it. */
const forget = `set -eu
export LC_ALL=C
shift
source=$1${forgetLists}
rm -f -- "$@"`

/** $1 version that was there before. It was seen in the repository before it was replaced. */
const restore = `set -eu
version=$1${aptGet}
[ "$(dpkg-query -W -f '\${db:Status-Status} \${Version}' prisma-enforcer 2>/dev/null)" != "installed $version" ] || exit 0
${installVersion}`

export const aptScripts: PackageScripts = { find, install, remove, restore, forget }
