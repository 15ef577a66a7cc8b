import type { HostLayout, LabLayout } from '../lab-layout.ts'
import type { ControlGroups } from '../machine/control-groups.ts'

export interface LaunchOptions {
  readonly lab: LabLayout
  readonly host: HostLayout
  readonly prefix: number
  readonly groups: ControlGroups
  /** The image's root directory, relative to the host's directory. */
  readonly image: string
  /** Size of the host's disk; without it changes go to the machine's own disk. */
  readonly diskMiB?: number
}

/**
 * The script that becomes a lab host: `launch.sh` enters a control group and namespaces of its own,
 * `launch.sh inside` makes the network card and the root file system there and turns into
 * systemd-nspawn. The network namespace and every mount live as long as the host's processes do, so
 * whatever ends those leaves nothing to tidy up but the control group.
 */
export function launchScript(options: LaunchOptions): string {
  return `#!/bin/sh
# Starts the lab host ${options.host.name}. Written by apoctl lab up.
set -eu
umask 022
cd "$(dirname "$0")"
if [ "\${1-}" != inside ]; then
${enterGroups(options)}  # The way back: where the bridge is.
  exec 9</proc/self/ns/net
  exec unshare --mount --net --propagation private /bin/sh "$0" inside
fi
${makeNetwork(options)}${makeRoot(options)}${environmentOf(options.groups)}
exec systemd-nspawn --quiet --directory=root --machine=${options.host.machine} --boot \\
  --register=no --keep-unit --network-namespace-path=/proc/self/ns/net \\
  --capability=all --drop-capability=CAP_SYS_TIME \\
  --console=pipe --link-journal=no --resolv-conf=off --timezone=off $modules
`
}

/** Without systemd nobody else gives each host a group; in one group, their systemds would fight over it. */
function enterGroups({ host, groups }: LaunchOptions): string {
  if (groups.systemd) return ''
  return groups.mounts
    .map(
      (mount) => `  mkdir -p ${mount}/${host.machine}\n  echo $$ > ${mount}/${host.machine}/cgroup.procs\n`,
    )
    .join('')
}

function makeNetwork({ lab, host, prefix }: LaunchOptions): string {
  const outside = 'nsenter --net=/proc/self/fd/9 ip link'
  return `# A port of that name can only be left of this host's own last life.
${outside} delete ${host.machine} 2>/dev/null || :
${outside} add ${host.machine} type veth peer name eth0 netns $$
${outside} set ${host.machine} master ${lab.bridge} up
exec 9<&-
ip address add ${host.address}/${prefix} dev eth0
ip link set lo up
ip link set eth0 up
`
}

function makeRoot({ image, diskMiB }: LaunchOptions): string {
  // A disk of its own, so that filling it harms nobody else. Gone when the host ends.
  const disk = diskMiB === undefined ? '' : `mount -t tmpfs -o size=${diskMiB}m,mode=755 lab-disk disk\n`
  return `${disk}mkdir -p disk/changes disk/work
ln -sfn ${image} image
# Relative names: the directory's own may hold what overlayfs reads as separators.
mount -t overlay -o lowerdir=seed:image,upperdir=disk/changes,workdir=disk/work lab-root root
# Hosts share the machine's kernel; with its modules at hand they can say which it has.
modules=
if [ -d /lib/modules ]; then modules=--bind-ro=/lib/modules; fi
`
}

function environmentOf(groups: ControlGroups): string {
  return [
    // /tmp on the host's disk, as servers have it.
    'SYSTEMD_NSPAWN_TMPFS_TMP=0',
    // The lock file would outlive a killed host, and no two containers share a root here.
    'SYSTEMD_NSPAWN_LOCK=0',
    // Newer systemd refuses to boot in the old hierarchy, and older ones do well in the new.
    ...(groups.unified ? ['SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1'] : []),
  ]
    .map((assignment) => `export ${assignment}\n`)
    .join('')
    .trimEnd()
}
