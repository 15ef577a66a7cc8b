import { hostProxies } from '../../platforms/linux/host-proxies.ts'
import { checkArchive, deliveryExit, startArchive } from './delivery-scripts.ts'

/**
 * How a host downloads a layer itself, with what it has: curl or wget. $1 folder being put together,
 * $2 archive in it, $3 its SHA-256, $4 its size, $5 bytes that are there already, $6 address, $7 `direct` where
 * that is a neighbour and no proxy leads to it. On standard
 * input a line with a header, or an empty one, and behind it the authorities to trust, if not the host's own.
 * The header is a secret, so both go into a folder that only this account reads, and never into arguments.
 *
 * What is cut goes on where it was, a few times. A server that sends more than was asked for cannot fill the
 * disk. A server that knows no ranges is asked for everything. Proxies are those of the host's environment,
 * which is in /etc/environment where no login put it together.
 */
export const downloadLayer = `set -eu
umask 022
mkdir -p "$1"
archive=$1/$2
address=$6
${startArchive}
asked=$(mktemp -d "$1/asked.XXXXXX")
: > "$asked/config"
trap 'rm -rf "$asked"' EXIT
trap 'exit 1' HUP INT TERM
IFS= read -r header || :
cat > "$asked/ca.pem"
if [ "$7" = direct ]; then
  unset http_proxy all_proxy ALL_PROXY
else
  ${hostProxies}
fi
follow='' only=''
if command -v curl >/dev/null 2>&1; then
  # A header would be sent along to wherever a redirect leads.
  [ -n "$header" ] || follow='--location --max-redirs 5'
  case $address in https:*) only='--proto =https --proto-redir =https' ;; esac
  [ -z "$header" ] || printf 'header = "%s"\\n' "$header" > "$asked/config"
  [ ! -s "$asked/ca.pem" ] || printf 'cacert = "%s"\\n' "$asked/ca.pem" >> "$asked/config"
  fetch() {
    curl --config "$asked/config" --silent --show-error --fail $follow $only --continue-at - \\
      --connect-timeout 20 --speed-limit 1000 --speed-time 30 --output "$archive" "$address"
  }
elif wget --version 2>/dev/null | grep -q '^GNU Wget'; then
  [ -z "$header" ] || follow='--max-redirect=0'
  [ -z "$header" ] || printf 'header = %s\\n' "$header" > "$asked/config"
  [ ! -s "$asked/ca.pem" ] || printf 'ca_certificate = %s\\n' "$asked/ca.pem" >> "$asked/config"
  fetch() {
    wget --config="$asked/config" --no-verbose --tries=1 --timeout=30 $follow --continue \\
      --output-document="$archive" "$address"
  }
elif command -v wget >/dev/null 2>&1 && [ -z "$header" ] && [ ! -s "$asked/ca.pem" ]; then
  fetch() { wget -q -c -O "$archive" "$address"; }
elif command -v wget >/dev/null 2>&1; then
  echo 'curl is not there, and this wget checks no certificates, so that it must not be shown a token' >&2
  exit ${deliveryExit.tool}
else
  echo 'neither curl nor wget is there' >&2
  exit ${deliveryExit.tool}
fi
size() { if [ -e "$archive" ]; then wc -c < "$archive"; else echo 0; fi; }
ulimit -f $(($4 / 512 + 2))
attempt=1
while [ "$(size)" -ne "$4" ]; do
  had=$(size)
  code=0
  fetch 2> "$asked/said" || code=$?
  has=$(size)
  case $code in
    # Cut, or not to be had now: curl's codes, and wget's one.
    4|7|18|28|52|55|56|92) cut=yes ;;
    *) if [ "$has" -gt "$had" ] && [ "$has" -lt "$4" ]; then cut=yes; else cut=no; fi ;;
  esac
  if [ "$has" -eq "$4" ]; then break
  elif [ "$cut" = yes ]; then sleep "$attempt"
  # Whatever it was, it may be that this server cannot go on where something was cut.
  elif [ "$had" -gt 0 ]; then rm -f "$archive"
  else attempt=9
  fi
  attempt=$((attempt + 1))
  if [ "$attempt" -gt 5 ]; then
    # The line that says it; curl explains certificates at length.
    { grep -E -m 1 '^curl:|^wget:|ERROR' "$asked/said" || tail -n 1 "$asked/said"; } >&2
    echo "$(size) of $4 bytes came from $address" >&2
    exit ${deliveryExit.download}
  fi
done
${checkArchive}`
