/*
 * The shell of a delivery: how the layers of a version arrive on a host and are put together. As all
 * scripts here: POSIX, safe to run again, every value an argument, GNU or BusyBox tools.
 */

/** What scripts of the delivery end with when it is not a command that failed. */
export const deliveryExit = { digest: 91, tool: 92, download: 93, signature: 94 } as const

/**
 * $1 folder being put together, then names in it. Removes everything else: what a run left that was
 * ended is kept only where it was found to be good.
 */
export const tidyPartial = `set -eu
folder=$1; shift
for path in "$folder"/*; do
  for name in "$@"; do [ "$path" != "$folder/$name" ] || continue 2; done
  # An unpacking of the run before may still be at work in there, and stops when it sees.
  rm -rf "$path" || { sleep 1; rm -rf "$path"; }
done`

/**
 * Needs $archive, and in $5 how much of it is there. That goes on in a file of its own: the connection that
 * was bringing the archive may not have ended yet, and then writes to a file that nobody looks at any more.
 */
export const startArchive = `if [ "$5" -gt 0 ]; then
  head -c "$5" "$archive" > "$archive.new"
  [ "$(wc -c < "$archive.new")" -eq "$5" ] || { echo 'less is there than a moment ago' >&2; exit 1; }
  mv -f "$archive.new" "$archive"
else
  rm -f "$archive"
fi`

/** Needs $archive, and its SHA-256 in $3: an archive that is wrong is of no use to anybody. */
export const checkArchive = `printf '%s  %s\\n' "$3" "$archive" | sha256sum -c - >/dev/null 2>&1 || {
  rm -f "$archive"
  echo "what arrived as $2 has another digest than its manifest says; it was removed" >&2
  exit ${deliveryExit.digest}
}`

/**
 * $1 folder being put together, $2 archive in it, $3 its SHA-256, $4 its size, $5 bytes that are
 * there already; the others on standard input. An archive that is cut short stays, for the next run.
 */
export const receiveLayer = `set -eu
umask 022
mkdir -p "$1"
archive=$1/$2
${startArchive}
cat >> "$archive"
[ "$(wc -c < "$archive")" -eq "$4" ] || { echo "only $(wc -c < "$archive") of $4 bytes arrived" >&2; exit 1; }
${checkArchive}`

/**
 * $1 folder being put together, $2 name of the layer, $3 its archive, which has arrived whole, $4 its
 * SHA-256, $5 the marker. Apart from receiving it, because a script that reads nothing is ended with the
 * run, and a layer that goes on unpacking is not. The marker comes last, and is what a later run goes by;
 * where one is and no archive, the same script of an earlier run came to its end meanwhile.
 */
export const unpackLayer = `set -eu
umask 022
if [ ! -e "$1/$3" ] && [ "$(cat "$1/$5" 2>/dev/null)" = "$4" ]; then exit 0; fi
new=$(mktemp -d "$1/$2.XXXXXX")
tar -xzf "$1/$3" -C "$new" --no-same-owner
rm -rf "$1/$2"
mv "$new/$2" "$1/$2"
rmdir "$new"
printf '%s\\n' "$4" > "$1/$5"
rm -f "$1/$3"`

/**
 * $1 folder being put together, $2 name of the layer, $3 folder of a version that has the same layer,
 * $4 SHA-256 of its archive, $5 the marker.
 */
export const reuseLayer = `set -eu
umask 022
mkdir -p "$1"
rm -rf "$1/$2"
cp -al "$3/$2" "$1/$2" 2>/dev/null || { rm -rf "$1/$2"; cp -a "$3/$2" "$1/$2"; }
printf '%s\\n' "$4" > "$1/$5"`

/** Succeeds where OpenSSL can check a signature with ed25519: from 3.0 on. Nothing else on a host can. */
export const signatureProbe = `openssl pkeyutl -help 2>&1 | grep -q -e -rawin`

/**
 * $1 folder being put together, $2 its final place, $3 SHA-256 of the manifest, $4 its signature in base64,
 * $5 the key that signed it, PEM; the manifest on standard input. What was in that place, a build of the
 * same version, steps aside until the installation is known to work.
 */
export const placeVersion = `set -eu
umask 022
manifest=$1/manifest.json
cat > "$manifest"
printf '%s  %s\\n' "$3" "$manifest" | sha256sum -c - >/dev/null 2>&1 || {
  echo 'the manifest did not arrive as it was sent' >&2
  exit ${deliveryExit.digest}
}
if ${signatureProbe}; then
  printf '%s' "$4" | base64 -d > "$1/signature"
  printf '%s\\n' "$5" > "$1/key.pem"
  openssl pkeyutl -verify -pubin -inkey "$1/key.pem" -rawin -in "$manifest" -sigfile "$1/signature" >/dev/null 2>&1 || {
    echo 'OpenSSL on the host says that the signature does not fit the manifest' >&2
    exit ${deliveryExit.signature}
  }
  rm -f "$1/signature" "$1/key.pem"
fi
rm -f "$1"/*.unpacked
rm -rf "$2.replaced"
[ ! -d "$2" ] || mv "$2" "$2.replaced"
mv "$1" "$2"`

/**
 * $1 folder of the version, $2 the folder it was put together in, $3 `yes` when a build of it was there
 * before. Brings back what stepped aside, if it did; twice is as good as once.
 */
export const unplaceVersion = `set -eu
if [ -d "$2" ] && [ -d "$1" ]; then exit 0; fi
if [ -d "$1.replaced" ]; then
  rm -rf "$1"
  mv "$1.replaced" "$1"
elif [ "$3" != yes ]; then
  rm -rf "$1"
fi`
