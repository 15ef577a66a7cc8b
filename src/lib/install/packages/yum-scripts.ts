import { hostProxies } from '../../platforms/linux/host-proxies.ts'
import { lockWaitSeconds, packageExit, type PackageScripts } from './package-scripts.ts'

/* The shell of an installation with dnf, or yum where there is none. */

const chooseTool = `
export LC_ALL=C
${hostProxies}
if command -v dnf >/dev/null 2>&1; then tool=dnf; else tool=yum; fi`

/** Needs $said, what went wrong. */
const judge = `
  grep -vE '^(Last metadata|Updating|$)' "$said" | tail -n 3 >&2
  if grep -qiE 'signature|GPG|not signed|PGP|checksum' "$said"; then exit ${packageExit.signature}; fi
  if grep -qiE 'curl error|cannot download|failed to download|Errno 14|HTTP Error|timed out|Could ?n.t resolve' "$said"; then
    exit ${packageExit.unreachable}
  fi
  if grep -qiE 'unable to find a match|no match for|no package .*available|nothing to do' "$said"; then
    exit ${packageExit.version}
  fi
  exit 1`

/**
 * $1 source, as its file would have it; $2 key. Asks the repository and nobody else, with a cache of its own, so that
 * the host stays as it is. Says a line for each version, newest first.
 */
const find = `set -eu${chooseTool}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$folder/repos"
printf '%s\\n' "$2" > "$folder/key"
printf '%s\\n' "$1" | sed "s#^gpgkey=.*#gpgkey=file://$folder/key#" > "$folder/repos/Aporeto.repo"
said=$folder/said
if ! "$tool" -q -y --setopt=reposdir="$folder/repos" --setopt=cachedir="$folder/cache" \\
  --setopt=persistdir="$folder/persist" --setopt=logdir="$folder" --setopt=timeout=20 --setopt=retries=2 \\
  --setopt=skip_if_unavailable=0 --setopt=Aporeto.skip_if_unavailable=0 \\
  --disableplugin='*' --showduplicates list prisma-enforcer > "$folder/list" 2> "$said"; then
  if grep -qi 'no matching packages' "$said"; then echo apoctl-end; exit 0; fi${judge}
fi
awk '$1 ~ /^prisma-enforcer[.]/ && $3 ~ /Aporeto$/ { found[++n] = $2 }
  END { while (n > 0) print "apoctl-version " found[n--] }' "$folder/list"
echo apoctl-end`

/** Runs the tool as nobody has to answer it; waits for others who are at work, and not for ever. */
const runTool = `${chooseTool}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
trap 'exit 1' HUP INT TERM
run() {
  until=$(($(date +%s) + ${lockWaitSeconds}))
  while :; do
    code=0
    "$tool" -q -y --setopt=exit_on_lock=1 --setopt=timeout=20 --setopt=retries=2 "$@" > "$said" 2>&1 || code=$?
    [ "$code" -eq 200 ] || return "$code"
    [ "$(date +%s)" -lt "$until" ] || { tail -n 1 "$said" >&2; exit ${packageExit.locked}; }
    sleep 2
  done
}
has() { rpm -q "prisma-enforcer-$1" >/dev/null 2>&1; }`

/** Needs $version. */
const installVersion = `
if ! has "$version"; then
  done=yes
  run install "prisma-enforcer-$version" || done=no
  if [ "$done" = no ] || ! has "$version"; then
    if rpm -q prisma-enforcer >/dev/null 2>&1; then run downgrade "prisma-enforcer-$version" || :; fi
  fi
  if ! has "$version"; then${judge}
  fi
fi`

/** $1 version; $2 file of the source. */
const install = `set -eu
version=$1${runTool}
run --disablerepo='*' --enablerepo=Aporeto clean expire-cache || :
${installVersion}`

/** Needs $id. The key was taken into rpm's own database with the first package that it had signed. */
const forgetKey = `
  rpm -q gpg-pubkey --qf '%{NAME}-%{VERSION}-%{RELEASE}\\n' 2>/dev/null | grep -i -e "^gpg-pubkey-$id" | while read -r key; do
    rpm -e --allmatches "$key" || :
  done`

const forgetCaches = `
rm -rf /var/cache/dnf/Aporeto* /var/cache/libdnf5/Aporeto* /var/cache/yum/*/*/Aporeto /var/lib/yum/repos/*/*/Aporeto`

/** $1 source, $2 how (rpm knows one way only), then key ids as rpm has them. Twice is as good as once. */
const remove = `set -eu
source=$1; shift 2${runTool}
if rpm -q prisma-enforcer >/dev/null 2>&1; then
  if ! run --setopt=clean_requirements_on_remove=0 remove prisma-enforcer; then${judge}
  fi
fi
for id in "$@"; do${forgetKey}
done${forgetCaches}`

/** $1 version that was there before. */
const restore = `set -eu
version=$1${runTool}
${installVersion}`

/** $1 key ids as rpm has them, then files: of the source, and of its key. */
const forget = `set -eu
ids=$1; shift
for id in $ids; do${forgetKey}
done${forgetCaches}
rm -f -- "$@"`

export const yumScripts: PackageScripts = { find, install, remove, restore, forget }
