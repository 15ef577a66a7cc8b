#!/bin/sh
# make-initrd.sh ROOT RELEASE FILE: a one-megabyte initrd: busybox, the virtio modules of the release,
# and a script that mounts /dev/vda and goes there.
set -eu
root=$1
release=$2
out=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/dev" "$work/proc" "$work/sys" "$work/mnt" "$work/modules"
cp /bin/busybox "$work/bin/"
for applet in sh mount insmod switch_root sleep; do ln -s busybox "$work/bin/$applet"; done
number=10
for module in virtio_pci virtio_blk virtio_net virtio_rng ext4; do
  modprobe -d "$root" -S "$release" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' > "$work/list"
while read -r file; do
  name=$(basename "$file")
  target="$work/modules/$number-${name%%.ko*}.ko"
  case $file in
    *.xz) xz -dc "$file" > "$target" ;;
    *.zst) zstd -qdc "$file" > "$target" ;;
    *) cp "$file" "$target" ;;
  esac
  number=$((number + 1))
done < "$work/list"
rm "$work/list"
cat > "$work/init" <<'INIT'
#!/bin/sh
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*.ko; do insmod "$module"; done
tries=0
while [ ! -b /dev/vda ] && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
mount -t ext4 /dev/vda /mnt || exec sh
mount --move /dev /mnt/dev
mount --move /proc /mnt/proc
mount --move /sys /mnt/sys
exec switch_root /mnt /sbin/init
INIT
chmod +x "$work/init"
(cd "$work" && find . | cpio -o -H newc --quiet | gzip -1) > "$out"
