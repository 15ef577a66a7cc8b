#!/bin/sh
# collect.sh SUITE DIRECTORY OUT
#
# Runs the preflight collector in a booted machine, as root, as root by sudo and without any privilege,
# and keeps what it said in OUT/vm-SUITE-{root,sudo,probe}.txt. Next to it, OUT/vm-SUITE-by-hand.txt is
# what plain commands of the same machine say, to confirm the answers with. About 10 s a machine.
set -eu
suite=$1
base=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)
collector=$here/../../src/lib/preflight/collect/collector.sh
# What the guide asks for, what took its place in newer kernels, and one that nobody has.
names='xt_cgroup xt_limit xt_multiport xt_connmark xt_REDIRECT xt_string xt_HMARK xt_LOG xt_bpf xt_state xt_set
nf_nat_redirect nf_log_common nf_conntrack_ipv6 nf_log_ipv4 ip_set ip_set_bitmap_port ip_set_hash_netport
ip_set_hash_net ts_bm cls_cgroup ip_tables iptable_nat iptable_mangle nf_tables nfnetlink_log nfnetlink_queue
nf_conntrack nf_log_syslog nf_nat no_such_module'
names=$(printf '%s' "$names" | tr '\n' ' ')
mkdir -p "$out"
collect() { # collect ACCOUNT FILE SHELL...
  account=$1
  file=$2
  shift 2
  # With the collector's own lists of modules and packages.
  "$here/in.sh" "$suite" "$base" "$account" "$@" < "$collector" > "$out/vm-$suite-$file.txt"
}
collect root root sh -s
collect admin sudo sudo -n sh -s
collect probe probe sh -s

"$here/in.sh" "$suite" "$base" root sh -s > "$out/vm-$suite-by-hand.txt" <<HAND
PATH=/usr/sbin:/usr/bin:/sbin:/bin
say() { echo; echo "\$ \$*"; sh -c "\$*" 2>&1; status=\$?; [ \$status -eq 0 ] || echo "[exit \$status]"; }
say uname -srm
say 'cat /etc/os-release'
say 'systemctl --version | head -n 1'
say 'cat /proc/sys/kernel/tainted; cat /sys/kernel/security/lockdown'
say nproc
say 'grep -E "^(MemTotal|MemAvailable)" /proc/meminfo'
say 'df -k / | tail -n 1'
say 'grep Cap /proc/self/status'
say 'stat -fc %T /sys/fs/cgroup; cat /sys/fs/cgroup/cgroup.controllers'
say 'test -e /proc/config.gz; ls /boot'
say 'dpkg-query -W libelf1 libelf1t64 conntrack ipset'
say 'lsmod | sort'
say 'iptables --version; nft --version; nft list ruleset'
for name in $names; do
  say "lsmod | grep -w ^\$name"
  say "grep -E '/\$name[.]ko' /lib/modules/\\\$(uname -r)/modules.builtin"
  say "modprobe -n -v \$name"
done
HAND
