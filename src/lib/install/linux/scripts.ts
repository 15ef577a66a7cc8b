/*
 * The shell of an installation: small POSIX scripts, each doing one thing, safe to run again. They
 * take every value as an argument, never as text inside the script. GNU or BusyBox tools both do.
 */

/** $1 folder, $2 mode. Leaves an existing folder as it is. */
export const makeFolder = `set -eu
[ -d "$1" ] || mkdir -p -m "$2" "$1"`

/** $1 folder or file. */
export const removeTree = `rm -rf "$1"`

/** $1 folder being put together, $2 name of the layer, $3 its SHA-256; the layer on standard input. */
export const receiveLayer = `set -eu
umask 022
mkdir -p "$1"
cat > "$1/$2.tar.gz"
printf '%s  %s\\n' "$3" "$1/$2.tar.gz" | sha256sum -c - >/dev/null`

/**
 * $1 folder being put together, $2 name of the layer, which has arrived whole. Apart from receiving it,
 * because a script that reads nothing is ended with the run, and a layer that goes on unpacking is not.
 */
export const unpackLayer = `set -eu
umask 022
rm -rf "$1/$2"
tar -xzf "$1/$2.tar.gz" -C "$1" --no-same-owner
rm -f "$1/$2.tar.gz"`

/** $1 folder being put together, $2 name of the layer, $3 folder of a version that has the same layer. */
export const reuseLayer = `set -eu
umask 022
mkdir -p "$1"
rm -rf "$1/$2"
cp -al "$3/$2" "$1/$2" 2>/dev/null || cp -a "$3/$2" "$1/$2"`

/**
 * $1 folder being put together, $2 its final place; the manifest on standard input. What was in that
 * place, a build of the same version, steps aside until the installation is known to work.
 */
export const placeVersion = `set -eu
umask 022
cat > "$1/manifest.json"
rm -rf "$2.replaced"
[ ! -d "$2" ] || mv "$2" "$2.replaced"
mv "$1" "$2"`

/** $1 folder of the version. Brings back what stepped aside. */
export const unplaceVersion = `set -eu
rm -rf "$1"
[ ! -d "$1.replaced" ] || mv "$1.replaced" "$1"`

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
