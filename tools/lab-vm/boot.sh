#!/bin/sh
# boot.sh SUITE DIRECTORY PORT
#
# Boots what build.sh made, without KVM, and waits until SSH answers on 127.0.0.1:PORT (10 to 15 s on
# an idle machine). Changes to the disk are forgotten when the machine ends: kill $(cat DIRECTORY/SUITE/pid).
set -eu
suite=$1
base=$(cd "$2" && pwd)
port=$3
vm=$base/$suite
echo "$port" > "$vm/port"
# q35 with an uncompressed kernel: microvm hangs in clock calibration when the machine is busy.
setsid qemu-system-x86_64 -machine q35 -accel tcg,thread=multi,tb-size=256 -cpu max -smp "${VM_CPUS:-2}" -m "${VM_MIB:-2200}" \
  -nodefaults -no-user-config -no-reboot -display none -serial "file:$vm/console.log" \
  -kernel "$vm/vmlinux" -initrd "$vm/initrd.img" -append 'console=ttyS0 root=/dev/vda rw quiet mitigations=off' \
  -drive "id=disk,file=$vm/disk.img,format=raw,if=none,cache=unsafe,snapshot=on" -device virtio-blk-pci,drive=disk \
  -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=net \
  -object rng-random,filename=/dev/urandom,id=random -device virtio-rng-pci,rng=random \
  > "$vm/qemu.log" 2>&1 < /dev/null &
echo $! > "$vm/pid"
tries=0
until "$(dirname "$0")/in.sh" "$suite" "$base" root true 2> /dev/null; do
  kill -0 "$(cat "$vm/pid")" 2> /dev/null || { cat "$vm/qemu.log" >&2; exit 1; }
  tries=$((tries + 1))
  [ "$tries" -lt 240 ] || { echo "$suite does not answer" >&2; exit 1; }
  sleep 0.5
done
