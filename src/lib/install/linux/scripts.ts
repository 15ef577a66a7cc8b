/*
 * The shell of an installation: small POSIX scripts, each doing one thing, safe to run again. They
 * take every value as an argument, never as text inside the script. GNU or BusyBox tools both do.
 */

/** $1 folder, $2 mode. Leaves an existing folder as it is. */
export const makeFolder = `set -eu
[ -d "$1" ] || mkdir -p -m "$2" "$1"`

/** $1 folder or file. */
export const removeTree = `rm -rf "$1"`

/** $1 path, $2 mode; the content on standard input. Replaces the file in one move. */
export const writeFile = `set -eu
umask 077
new=$(mktemp "$1.XXXXXX")
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
cat > "$new"
chmod "$2" "$new"
mv -f "$new" "$1"`

/** $1 link, $2 what it points to. Switched in one move, so that it is never absent. */
export const switchLink = `set -eu
rm -f "$1.new"
ln -s "$2" "$1.new"
mv -fT "$1.new" "$1"`

/** $1 unit. */
export const startService = `set -eu
systemctl daemon-reload
systemctl enable --quiet "$1"
systemctl restart "$1"`

/** $1 unit. One that runs is left alone. */
export const keepService = `set -eu
systemctl enable --quiet "$1"
systemctl start "$1"`

/** $1 unit. As it was before the unit existed: not running, not enabled, no memory of a failure. */
export const stopService = `systemctl stop "$1" 2>/dev/null
systemctl disable --quiet "$1" 2>/dev/null
systemctl reset-failed "$1" 2>/dev/null
true`

export const reloadUnits = `systemctl daemon-reload 2>/dev/null || true`

/** $1 unit. The files of the version before are back in place; it goes on where it was. */
export const restartService = `systemctl daemon-reload
systemctl enable --quiet "$1"
systemctl restart "$1"`
