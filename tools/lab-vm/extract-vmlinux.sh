#!/bin/sh
# extract-vmlinux.sh VMLINUZ > VMLINUX
#
# qemu starts an uncompressed kernel directly; under emulation that is safer and quicker than the
# kernel's own decompressor. Finds the compressed payload by its magic number, as the kernel's
# scripts/extract-vmlinux does.
set -eu
image=$1
work=$(mktemp)
trap 'rm -f "$work"' EXIT
try() { # try MAGIC COMMAND...: at every place where the magic number stands
  magic=$1
  shift
  # shellcheck disable=SC2013 # The words are numbers, and a loop behind a pipe could not end the script.
  for at in $(LC_ALL=C grep -obaP "$magic" "$image" | cut -d: -f1); do
    tail -c "+$((at + 1))" "$image" | "$@" > "$work" 2> /dev/null || :
    if [ "$(head -c 4 "$work" | od -An -tx1 | tr -d ' ')" = 7f454c46 ]; then
      cat "$work"
      exit 0
    fi
  done
}
try '\xfd7zXZ\x00' xz -dcq
try '\x28\xb5\x2f\xfd' zstd -dcq
try '\x1f\x8b\x08' gzip -dcq
try '\x02\x21\x4c\x18' lz4 -dcq
echo "no kernel found in $image" >&2
exit 1
