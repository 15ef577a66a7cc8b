import { createHash } from 'node:crypto'

/** What an image is made of; two equal recipes give one image. */
export interface ImageRecipe {
  /** A Debian release by code name. */
  readonly suite: string
  /** A package mirror; the suite's usual ones when absent. */
  readonly mirror?: string
}

/** What a plain server has, and what the enforcer and its preflight look for. */
export const imagePackages = [
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'nftables',
  'iptables',
  'ipset',
  'conntrack',
  'kmod',
  'procps',
  'ca-certificates',
  'openssl',
  'curl',
  'libelf1',
]

/** Units that cost time at boot and do nothing in a throw-away container. */
const maskedUnits = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'console-getty.service',
  'dev-hugepages.mount',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty.target',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-firstboot.service',
  'systemd-remount-fs.service',
]

/** The account that reaches root through sudo, as fleets have it; hosts also admit root. */
export const sudoer = 'admin'

/**
 * Finishes the image; mmdebstrap calls it with the root directory. What is unique to a host or to
 * the machine that built the image (host keys, names, resolver) must not be in it.
 */
export const customiseScript = `#!/bin/sh
set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/resolv.conf" "$root/etc/hostname" "$root/etc/hosts" "$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
chroot "$root" useradd --create-home --shell /bin/bash ${sudoer}
printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\\n' ${sudoer} > "$root/etc/sudoers.d/lab"
chmod 440 "$root/etc/sudoers.d/lab"
for unit in ${maskedUnits.join(' ')}; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done
# The clock of a container is the machine's; nothing in it may try to set that.
rm -f "$root/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service"
`

/** Names an image: equal recipes, equal names. */
export function keyOf(recipe: ImageRecipe): string {
  const content = JSON.stringify([recipe.mirror ?? '', imagePackages, customiseScript])
  return `${recipe.suite}-${createHash('sha256').update(content).digest('hex').slice(0, 10)}`
}
