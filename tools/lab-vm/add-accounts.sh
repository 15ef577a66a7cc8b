#!/bin/sh
# add-accounts.sh ROOT PUBLIC-KEY: accounts, network and what else turns a root directory into a server.
set -eu
root=$1
key=$2
chroot "$root" useradd --create-home --shell /bin/bash admin
chroot "$root" useradd --create-home --shell /bin/sh probe
echo 'admin ALL=(ALL:ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/lab"
chmod 440 "$root/etc/sudoers.d/lab"
for account in root admin probe; do
  home=$(chroot "$root" getent passwd "$account" | cut -d: -f6)
  mkdir -p "$root$home/.ssh"
  echo "$key" > "$root$home/.ssh/authorized_keys"
  chmod 700 "$root$home/.ssh"
  chmod 600 "$root$home/.ssh/authorized_keys"
  chroot "$root" chown -R "$account:$account" "$home/.ssh"
done
echo lab-vm > "$root/etc/hostname"
printf '127.0.0.1 localhost lab-vm\n' > "$root/etc/hosts"
printf '/dev/vda / ext4 rw,noatime 0 0\n' > "$root/etc/fstab"
# qemu's user network: this address, that gateway, and it is the resolver too.
mkdir -p "$root/etc/systemd/network"
printf '[Match]\nName=e*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n' \
  > "$root/etc/systemd/network/10-lab.network"
printf 'nameserver 10.0.2.3\n' > "$root/etc/resolv.conf"
system=$root/etc/systemd/system
mkdir -p "$system/multi-user.target.wants"
ln -sf /lib/systemd/system/systemd-networkd.service "$system/multi-user.target.wants/systemd-networkd.service"
# Emulated processors are slow: what only tidies up a long-lived machine stays away.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer getty@tty1.service serial-getty@ttyS0.service systemd-networkd-wait-online.service \
  systemd-pstore.service systemd-remount-fs.service; do
  ln -sf /dev/null "$system/$unit"
done
