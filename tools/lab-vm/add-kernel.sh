#!/bin/sh
# add-kernel.sh ROOT: unpacks the release's cloud kernel into a root directory, without its hooks:
# they would build an initrd of 20 MB that nobody boots.
set -eu
root=$1
package=$(chroot "$root" apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
package=${package%% *}
chroot "$root" sh -c "cd /tmp && apt-get -qq download $package"
# Not dpkg-deb -x: where /lib is a link, the package's own /lib would take its place.
dpkg-deb --fsys-tarfile "$(echo "$root"/tmp/linux-image-*.deb)" | tar -x --keep-directory-symlink -C "$root"
rm -f "$root"/tmp/linux-image-*.deb
release=$(basename "$root"/boot/vmlinuz-*)
chroot "$root" depmod "${release#vmlinuz-}"
