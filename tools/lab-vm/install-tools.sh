#!/bin/sh
# Installs what build.sh and boot.sh need on a Debian 12 machine (about 20 s, 120 MB).
#
# qemu comes from backports: 7.2 of bookworm spoils the flags after cmpxchg16b when it emulates, and
# guests with a 6.12 kernel then crash at random. The source list is a temporary one: nothing of the
# machine's own package configuration changes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lists"
cat > "$work/backports.list" <<'LIST'
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-backports main
LIST
apt() {
  apt-get -qq -o Dir::Etc::SourceList="$work/backports.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$work/lists" "$@"
}
apt update
DEBIAN_FRONTEND=noninteractive apt install --yes --no-install-recommends -t bookworm-backports qemu-system-x86 seabios
DEBIAN_FRONTEND=noninteractive apt install --yes --no-install-recommends \
  mmdebstrap e2fsprogs busybox-static cpio kmod openssh-client iproute2 xz-utils zstd lz4
qemu-system-x86_64 --version
