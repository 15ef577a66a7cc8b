#!/bin/sh
# Gathers facts about this host for `apoctl preflight linux`. Reads, never changes: no module is
# loaded, no file is written, no rule is added. Every answer is one line, `@apoctl KEY VALUE`, so
# that banners and login noise can be told from answers. `@apoctl unknown KEY WHY` says that the
# account could not see something, which is not the same as its absence.
#
# Runs under dash, busybox sh and bash, sent over standard input to `sh -s`; by hand: `sh collector.sh`.
# Parameters, all optional, as variables set before it:
#   APOCTL_ROOT       a prefix for /proc, /sys, /etc, /lib/modules and /boot (judging an unpacked tree)
#   APOCTL_KERNEL     the kernel release, when it is not the running one
#   APOCTL_MODULES    modules to look up one by one, besides the lists of all names
#   APOCTL_PACKAGES   package names to look up, of every distribution
#   APOCTL_ENDPOINTS  `NAME=HOST:PORT …`: resolved, connected to and spoken TLS with, from here
#   APOCTL_CA         PEM of an authority that the endpoints' certificates may come from
#   APOCTL_PATIENCE   seconds that one probe may take (5)

LC_ALL=C
export LC_ALL
PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
export PATH
R=${APOCTL_ROOT:-}
patience=${APOCTL_PATIENCE:-5}

say() { printf '@apoctl %s %s\n' "$1" "$2"; }
unknown() { say unknown "$1 $2"; }
have() { command -v "$1" >/dev/null 2>&1; }
# Every line of standard input as an answer to KEY; at most MOST lines, so that nothing floods us.
lines() { head -n "${2:-200}" | cut -c 1-500 | sed "s|^|@apoctl $1 |"; }
# All words of standard input as one answer to KEY.
words() { say "$1" "$(tr '\n' ' ')"; }
# The first line of a file, read without starting a process; nothing when it cannot be read.
first_line() {
  first=
  if [ -r "$1" ] && [ ! -d "$1" ]; then read -r first <"$1" 2>/dev/null || :; fi
  printf '%s' "$first"
}
file_value() { if [ -r "$R$2" ]; then say "$1" "$(first_line "$R$2")"; fi; }

# Runs a command for at most $patience seconds; timeout(1) is missing on small systems, and busybox
# took its argument another way until 1.30.
if have timeout && timeout 5 true 2>/dev/null; then
  bounded() { timeout "$patience" "$@"; }
else
  bounded() {
    "$@" <&0 &
    bounded_pid=$!
    (
      sleep "$patience"
      kill "$bounded_pid"
    ) >/dev/null 2>&1 &
    watch_pid=$!
    wait "$bounded_pid"
    bounded_status=$?
    kill "$watch_pid" 2>/dev/null
    return "$bounded_status"
  }
fi

account() {
  say account.uid "$(id -u)"
  say account.name "$(id -un 2>/dev/null)"
  [ -n "${SUDO_USER:-}" ] && say account.sudoFrom "$SUDO_USER"
  for which in 1 self; do
    if [ -r "$R/proc/$which/status" ]; then
      grep -E '^(Cap(Eff|Bnd|Prm|Inh|Amb)|NoNewPrivs|Seccomp|Cpus_allowed_list|Uid):' "$R/proc/$which/status" |
        lines "process.$which.status"
    else
      unknown "process.$which.status" "cannot read /proc/$which/status"
    fi
  done
  file_value account.uidMap /proc/self/uid_map
  file_value process.1.comm /proc/1/comm
}

distribution() {
  for file in /etc/os-release /usr/lib/os-release; do
    if [ -r "$R$file" ]; then
      lines os.release 60 <"$R$file"
      break
    fi
  done
  file_value os.debianVersion /etc/debian_version
  for file in oracle-release centos-release redhat-release system-release SuSE-release; do
    if [ -r "$R/etc/$file" ]; then
      say os.releaseFile "/etc/$file $(first_line "$R/etc/$file")"
      break
    fi
  done
  say os.machine "$(uname -m)"
  have getconf && say os.bits "$(getconf LONG_BIT 2>/dev/null)"
  if have getconf && libc=$(getconf GNU_LIBC_VERSION 2>/dev/null); then
    say os.libc "$libc"
  elif have ldd; then
    say os.libc "$(ldd --version 2>&1 | head -n 1)"
  else
    unknown os.libc "neither getconf nor ldd is there"
  fi
}

kernel_config() {
  for file in /proc/config.gz "/boot/config-$release" "/lib/modules/$release/config" \
    "/usr/lib/modules/$release/config" "/lib/modules/$release/build/.config"; do
    [ -r "$R$file" ] || continue
    case $file in
      *.gz)
        if have zcat; then reader='zcat'; elif have gzip; then reader='gzip -dc'; else continue; fi
        ;;
      *) reader='cat' ;;
    esac
    config=$($reader "$R$file" 2>/dev/null |
      sed -n 's/^CONFIG_\([A-Z0-9_]*\)=\([ym]\)$/\2 \1/p' |
      grep -E ' (MODULE|NETFILTER|NF_|NFT_|IP_SET|IP_NF|IP6_NF|NET_|BRIDGE|CGROUP|BPF|TEXTSEARCH|SECURITY_LOCKDOWN|USER_NS|IPV6|TUN$|VETH|DUMMY|INET_)')
    [ -n "$config" ] || continue
    say kernel.configFile "$file"
    printf '%s\n' "$config" | sed -n 's/^y //p' | words kernel.config.y
    printf '%s\n' "$config" | sed -n 's/^m //p' | words kernel.config.m
    return
  done
  unknown kernel.config "no readable /proc/config.gz or /boot/config-$release"
}

names() { sed -e 's/:.*//' -e 's|.*/||' -e 's/\.ko.*$//'; }

module_tree() {
  tree=
  for dir in "/lib/modules/$release" "/usr/lib/modules/$release"; do
    if [ -d "$R$dir" ]; then tree=$dir && break; fi
  done
  if [ -z "$tree" ]; then
    unknown kernel.tree "there is no /lib/modules/$release"
    return
  fi
  say kernel.tree "$tree"
  pattern=$(printf '%s' "$APOCTL_MODULES" | tr -s ' \n' '||')
  if [ -r "$R$tree/modules.builtin" ]; then
    names <"$R$tree/modules.builtin" | words kernel.builtin
  else
    unknown kernel.builtin "cannot read $tree/modules.builtin"
  fi
  if [ -s "$R$tree/modules.dep" ] && [ -r "$R$tree/modules.dep" ]; then
    say kernel.loadableFrom "$tree/modules.dep"
    names <"$R$tree/modules.dep" | words kernel.loadable
    sed -n 's/:.*//p' "$R$tree/modules.dep" | grep -E "/($pattern)\\.ko" | lines kernel.file
  elif [ -r "$R$tree" ] && found=$(find "$R$tree/" -name '*.ko*' 2>/dev/null) && [ -n "$found" ]; then
    say kernel.loadableFrom "find $tree -name '*.ko*'"
    printf '%s\n' "$found" | names | words kernel.loadable
    printf '%s\n' "$found" | grep -E "/($pattern)\\.ko" | sed "s|^$R$tree/||" | lines kernel.file
  else
    unknown kernel.loadable "cannot read $tree/modules.dep"
  fi
  for kind in alias softdep; do
    [ -r "$R$tree/modules.$kind" ] &&
      grep -E "^$kind (xt|ipt|ip6t|ip|ip6|nf|nft|arpt|ebt|cls|act|sch|ts|nfnetlink|x)_[A-Za-z0-9_:,-]* " \
        "$R$tree/modules.$kind" | lines "kernel.$kind" 1500
  done
}

modules() {
  say kernel.release "$release"
  say kernel.running "$(uname -r)"
  say kernel.build "$(uname -v)"
  kernel_config
  module_tree
  if [ -r "$R/proc/modules" ]; then
    cut -d ' ' -f 1 "$R/proc/modules" | words kernel.loaded
  elif [ -e "$R/proc/modules" ]; then
    unknown kernel.loaded "cannot read /proc/modules"
  else
    say kernel.noProcModules yes
  fi
  if [ -d "$R/sys/module" ]; then
    for module in "$R"/sys/module/*; do
      [ -e "$module/initstate" ] || printf '%s\n' "${module##*/}"
    done | words kernel.sysBuiltin
  fi
  file_value kernel.modulesDisabled /proc/sys/kernel/modules_disabled
  cat "$R"/etc/modprobe.d/*.conf "$R"/run/modprobe.d/*.conf "$R"/usr/lib/modprobe.d/*.conf \
    "$R"/lib/modprobe.d/*.conf 2>/dev/null | grep -E '^[[:space:]]*(install|blacklist)[[:space:]]' |
    sort -u | lines kernel.modprobeRule
  if [ -z "$R" ] && modprobe -V 2>/dev/null | grep -E -q '^(kmod|module-init-tools)'; then
    # -n only says what it would do; busybox has no -n, and is not asked.
    for module in $APOCTL_MODULES; do
      if modprobe -n -q "$module" >/dev/null 2>&1; then printf '%s ' "$module"; fi
    done | words kernel.modprobeFinds
  fi
}

netfilter() {
  for family in ip ip6; do
    for kind in names matches targets; do
      file="/proc/net/${family}_tables_$kind"
      if [ -r "$R$file" ]; then
        sort -u "$R$file" | words "netfilter.${family}.$kind"
      elif [ -e "$R$file" ]; then
        unknown "netfilter.${family}.$kind" "$file is for root"
      fi
    done
  done
  [ -n "$R" ] && return
  # Their versions are not asked: even to say it, iptables and nft open a socket that makes the kernel
  # load nfnetlink, and ipset loads ip_set.
  have iptables && say netfilter.iptables "$(variant iptables)"
  nft_rules
  legacy_rules
}

# Asking nft makes a kernel load nf_tables, which would be a change: only when it is there already,
# or when nothing can be loaded at all.
nft_present() {
  [ -d /sys/module/nf_tables ] && return 0
  [ ! -e /proc/modules ] && return 0
  [ -n "$tree" ] && grep -q '/nf_tables\.ko' "$tree/modules.builtin" 2>/dev/null
}

# Which iptables it is: xtables-nft-multi or xtables-legacy-multi.
variant() { readlink -f "$(command -v "$1")" 2>/dev/null; }

nft_rules() {
  if ! nft_present; then
    say netfilter.nftIdle yes
    return
  fi
  have nft || { unknown netfilter.nftTables "nft is not installed"; return; }
  if tables=$(bounded nft list tables 2>&1); then
    printf '%s\n' "$tables" | sed -n 's/^table //p' | lines netfilter.nftTable 100
    say netfilter.nftListed yes
    bounded nft list ruleset 2>/dev/null | grep -c -E '^[[:space:]]+.*(accept|drop|reject|jump|goto|queue|masquerade|dnat|snat|redirect|counter)' |
      words netfilter.nftRules
  else
    unknown netfilter.nftTables "$(printf '%s' "$tables" | head -n 1)"
  fi
  # A dry run (-c) of what the enforcer programs; could load modules elsewhere, so only where none can be.
  if [ ! -e /proc/modules ] || [ "$(first_line /proc/sys/kernel/modules_disabled)" = 1 ]; then
    if answer=$(printf '%s\n' 'table inet apoctl_probe {' \
      'set s { type ipv4_addr . inet_service; flags interval; }' \
      'chain c { type filter hook input priority 0; ct state established accept; ip saddr . tcp dport @s counter log group 10 accept; }' \
      '}' | bounded nft -c -f - 2>&1); then
      say netfilter.nftAccepts yes
    else
      say netfilter.nftRefuses "$(printf '%s' "$answer" | head -n 1)"
    fi
  fi
}

legacy_rules() {
  for family in ip ip6; do
    if [ ! -s "/proc/net/${family}_tables_names" ] || [ ! -r "/proc/net/${family}_tables_names" ]; then continue; fi
    save="${family}tables-legacy"
    have "$save" || save="${family}tables"
    case $(variant "$save") in *nft*) continue ;; esac
    while read -r table; do
      say netfilter.legacyRules "$family $table $(bounded "$save" -t "$table" -S 2>/dev/null | grep -c '^-A')"
    done <"/proc/net/${family}_tables_names"
  done
}

resources() {
  grep -c '^processor' "$R/proc/cpuinfo" 2>/dev/null | words cpu.present
  have nproc && [ -z "$R" ] && say cpu.nproc "$(nproc 2>/dev/null)"
  grep -E '^(MemTotal|MemAvailable|SwapTotal):' "$R/proc/meminfo" 2>/dev/null | lines memory.info
  [ -r "$R/proc/1/cgroup" ] || { unknown cgroup "cannot read /proc/1/cgroup"; return; }
  while IFS=: read -r _ controllers path; do
    case $controllers in
      '') cgroup_limits 2 "$R/sys/fs/cgroup" "$path" 'cpu.max memory.max cpuset.cpus.effective' ;;
      *cpuset*) cgroup_limits 1 "$R/sys/fs/cgroup/cpuset" "$path" 'cpuset.cpus' ;;
      memory) cgroup_limits 1 "$R/sys/fs/cgroup/memory" "$path" 'memory.limit_in_bytes' ;;
      cpu | cpu,* | *,cpu)
        for mount in cpu cpu,cpuacct; do
          [ -d "$R/sys/fs/cgroup/$mount" ] && cgroup_limits 1 "$R/sys/fs/cgroup/$mount" "$path" 'cpu.cfs_quota_us cpu.cfs_period_us' && break
        done
        ;;
    esac
  done <"$R/proc/1/cgroup"
  # What systemd starts runs beside its own group, not in it.
  cgroup_limits 2 "$R/sys/fs/cgroup" /system.slice 'cpu.max memory.max cpuset.cpus.effective'
}

# A limit counts wherever it stands between the service manager and the root of its tree.
cgroup_limits() {
  at=$3
  while :; do
    for file in $4; do
      [ -r "$2$at/$file" ] && say cgroup.limit "v$1 $file ${at:-/} $(first_line "$2$at/$file")"
    done
    case $at in '' | /) break ;; esac
    at=${at%/*}
  done
}

disk() {
  for path in /opt /var/lib; do
    at=$path
    while [ ! -d "$at" ]; do at=${at%/*} && at=${at:-/}; done
    say disk.free "$path $(df -P -k "$at" 2>/dev/null | sed -n '2p' | tr -s ' ')"
    [ "$(id -u)" != 0 ] || [ -w "$at" ] || say disk.readOnly "$path"
  done
}

init_system() {
  [ -d /run/systemd/system ] && say init.systemdRuns yes
  if have systemctl; then
    say init.systemdVersion "$(systemctl --version 2>/dev/null | head -n 1)"
    say init.systemState "$(bounded systemctl is-system-running 2>/dev/null | head -n 1)"
  fi
}

# Firewalls and agents that would fight with the enforcer, told by service, file and process name.
services() {
  for service in firewalld ufw iptables ip6tables nftables netfilter-persistent SuSEfirewall2 \
    traps_pmd cortex-agent twistlock-defender illumio-ven prisma-enforcer enforcerd; do
    if [ -d /run/systemd/system ] && have systemctl; then
      state=$(bounded systemctl is-active "$service" 2>/dev/null)
      enabled=$(bounded systemctl is-enabled "$service" 2>/dev/null)
      case "$state/$enabled" in
        */enabled* | active/* | activating/*) say service.state "$service ${state:-unknown} ${enabled:-unknown}" ;;
      esac
    elif [ -e "/run/openrc/started/$service" ]; then
      say service.state "$service active openrc"
    fi
  done
  if [ -r /etc/ufw/ufw.conf ]; then
    grep -i '^ENABLED=' /etc/ufw/ufw.conf | lines service.ufw 1
  elif [ -e /etc/ufw/ufw.conf ]; then
    unknown service.ufw "cannot read /etc/ufw/ufw.conf"
  fi
  for path in /opt/traps /var/lib/twistlock /opt/illumio_ven /opt/cni/bin/pan-cni /opt/prisma-enforcer/current /var/lib/aporeto; do
    [ -e "$path" ] && say service.path "$path"
  done
  for comm in /proc/[0-9]*/comm; do
    process=
    read -r process 2>/dev/null <"$comm" || continue
    case $process in
      defender | twistlock* | fsmon | pmd | cortex-* | traps* | VtapServer | venAgentMgr* | firewalld | \
        calico-node | felix | cilium-agent | kubelet | kube-proxy | dockerd | containerd | crio | \
        fail2ban-server | enforcerd | prisma-enforcer)
        pid=${comm%/comm}
        say service.process "${pid#/proc/} $process"
        if [ "$process" = kubelet ]; then
          tr '\0' '\n' 2>/dev/null <"$pid/cmdline" | grep -E '^--network-plugin=' | lines service.kubelet 1
        fi
        ;;
    esac
  done 2>/dev/null | head -n 100
}

virtualization() {
  have systemd-detect-virt && {
    say virt.container "$(systemd-detect-virt --container 2>/dev/null)"
    say virt.machine "$(systemd-detect-virt --vm 2>/dev/null)"
  }
  file_value virt.systemdContainer /run/systemd/container
  for file in /.dockerenv /run/.containerenv; do [ -e "$file" ] && say virt.mark "$file"; done
  if [ -r /proc/1/environ ]; then
    tr '\0' '\n' </proc/1/environ 2>/dev/null | sed -n 's/^container=//p' | lines virt.environment 1
  fi
}

surroundings() {
  [ -n "$R" ] || virtualization
  file_value security.lockdown /sys/kernel/security/lockdown
  for file in "$R"/sys/firmware/efi/efivars/SecureBoot-*; do
    if [ -r "$file" ]; then
      say security.secureBoot "$(od -An -t u1 "$file" 2>/dev/null | tr -s ' \n' ' ' | sed 's/.* \([0-9]\) *$/\1/')"
    fi
  done
  [ -d /sys/firmware/efi ] && say security.efi yes
  for name in sys_vendor product_name bios_version chassis_asset_tag; do
    file_value "dmi.$name" "/sys/class/dmi/id/$name"
  done
  file_value security.selinuxEnforcing /sys/fs/selinux/enforce
}

packages() {
  # shellcheck disable=SC2086 # the names are words on purpose
  if have dpkg-query; then
    say package.manager dpkg
    dpkg-query -W -f '${Package} ${Version} ${Status}\n' $APOCTL_PACKAGES 2>/dev/null |
      sed -n 's/ install ok installed$//p' | lines package.installed
  elif have rpm; then
    say package.manager rpm
    bounded rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' $APOCTL_PACKAGES 2>/dev/null |
      grep -v 'not installed' | lines package.installed
  elif have apk; then
    say package.manager apk
    bounded apk info -v $APOCTL_PACKAGES 2>/dev/null | lines package.installed
  else
    unknown package.manager "none of dpkg, rpm and apk is there"
  fi
  for installer in apt-get dnf yum zypper apk microdnf; do
    if have "$installer"; then say package.installer "$installer" && break; fi
  done
  for program in conntrack ipset iptables nft openssl curl sudo; do
    have "$program" && say program.path "$program $(command -v "$program")"
  done
  for file in /lib/libelf.so.1 /lib64/libelf.so.1 /usr/lib/libelf.so.1 /usr/lib64/libelf.so.1 \
    /lib/*/libelf.so.1 /usr/lib/*/libelf.so.1; do
    if [ -e "$file" ]; then say library.path "libelf $file" && break; fi
  done
}

# --- the way to the Console, as this host sees it -----------------------------------------------

resolve() {
  case $host in
    *[!0-9.]*) ;;
    *) say "endpoint.$name.resolve" "ok $host" && return 0 ;;
  esac
  case $host in *:*) say "endpoint.$name.resolve" "ok $host" && return 0 ;; esac
  if have getent; then
    answer=$(bounded getent ahosts "$host" 2>/dev/null | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  elif have python3; then
    answer=$(bounded python3 -c 'import socket,sys
print(" ".join(sorted({a[4][0] for a in socket.getaddrinfo(sys.argv[1], None)})))' "$host" 2>/dev/null)
  elif have nslookup; then
    answer=$(bounded nslookup "$host" 2>/dev/null | sed -e '1,/^Name/d' | sed -n 's/^Address[^:]*: *\([^ ]*\).*/\1/p' | sort -u | tr '\n' ' ')
  else
    say "endpoint.$name.resolve" "unknown no getent, python3 or nslookup"
    return 0
  fi
  if [ -n "$answer" ]; then
    say "endpoint.$name.resolve" "ok $answer"
  else
    say "endpoint.$name.resolve" "failed $host has no address here"
    return 1
  fi
}

connect() {
  if have bash; then
    # shellcheck disable=SC2016 # the inner bash expands them
    answer=$(bounded bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
  elif have nc; then
    answer=$(bounded nc -z -w "$patience" "$host" "$port" 2>&1 </dev/null)
  elif have python3; then
    answer=$(bounded python3 -c 'import socket,sys
socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)' "$host" "$port" 2>&1)
  else
    say "endpoint.$name.tcp" "unknown no bash, nc or python3"
    return 0
  fi
  status=$?
  case $status in
    0) say "endpoint.$name.tcp" ok ;;
    124 | 137 | 143) say "endpoint.$name.tcp" "failed no answer within $patience s" && return 1 ;;
    *) say "endpoint.$name.tcp" "failed $(printf '%s' "$answer" | tail -n 1 | sed 's/.*: //')" && return 1 ;;
  esac
}

# What openssl says about the certificate: with the host's own authorities, then with the given one.
tls_openssl() {
  case $host in
    *[!0-9.]*) naming="-servername $host -verify_hostname $host" ;;
    *) naming="-verify_ip $host" ;;
  esac
  # shellcheck disable=SC2086 # options are words on purpose
  session=$(printf 'HEAD / HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n' "$host" |
    bounded openssl s_client -connect "$host:$port" $naming -ign_eof 2>&1)
  say "endpoint.$name.epoch" "$(date +%s)"
  case $session in
    *'Verify return code:'* | *'Verification'*) ;;
    *) say "endpoint.$name.tls" "failed $(printf '%s\n' "$session" | grep -i -m 1 -E 'error|alert|errno' | cut -c 1-200)" && return ;;
  esac
  case $session in
    *'BEGIN CERTIFICATE'*) say "endpoint.$name.tls" "ok openssl" ;;
    *) say "endpoint.$name.tls" "failed no certificate was presented" && return ;;
  esac
  verdict system "$session"
  printf '%s\n' "$session" | sed -n 's/^[Dd]ate: *//p' | head -n 1 | tr -d '\r' | lines "endpoint.$name.date"
  printf '%s\n' "$session" | openssl x509 -noout -subject -issuer -dates 2>/dev/null | lines "endpoint.$name.certificate"
  [ -n "${APOCTL_CA:-}" ] || return
  # shellcheck disable=SC2086
  verdict given "$(printf '%s\n' "$APOCTL_CA" |
    bounded openssl s_client -connect "$host:$port" $naming -CAfile /dev/stdin 2>&1)"
}

verdict() {
  answer=$(printf '%s\n' "$2" | sed -n 's/.*Verify return code: \([0-9]* (.*)\).*/\1/p' | tail -n 1)
  case $answer in
    '0 '*) say "endpoint.$name.trust.$1" ok ;;
    '') say "endpoint.$name.trust.$1" "unknown openssl gave no verdict" ;;
    *) say "endpoint.$name.trust.$1" "failed $answer" ;;
  esac
}

tls_curl() {
  head=$(bounded curl -sS -I -m "$patience" "https://$host:$port/" 2>&1)
  status=$?
  say "endpoint.$name.epoch" "$(date +%s)"
  curl_verdict system "$status"
  printf '%s\n' "$head" | sed -n 's/^[Dd]ate: *//p' | head -n 1 | tr -d '\r' | lines "endpoint.$name.date"
  [ -n "${APOCTL_CA:-}" ] || return
  printf '%s\n' "$APOCTL_CA" | bounded curl -sS -I -m "$patience" --cacert /dev/stdin "https://$host:$port/" >/dev/null 2>&1
  curl_verdict given "$?"
}

curl_verdict() {
  case $2 in
    0 | 8 | 22 | 52) say "endpoint.$name.tls" "ok curl" && say "endpoint.$name.trust.$1" ok ;;
    51 | 60) say "endpoint.$name.tls" "ok curl" && say "endpoint.$name.trust.$1" "failed curl exit $2" ;;
    35) say "endpoint.$name.tls" "failed curl exit 35: no TLS handshake" ;;
    *) say "endpoint.$name.tls" "unknown curl exit $2" ;;
  esac
}

tls_python() {
  for which in system given; do
    [ "$which" = system ] || [ -n "${APOCTL_CA:-}" ] || continue
    answer=$(APOCTL_WHICH=$which APOCTL_CA="${APOCTL_CA:-}" bounded python3 -c 'import os, socket, ssl, sys
context = ssl.create_default_context()
if os.environ["APOCTL_WHICH"] == "given": context.load_verify_locations(cadata=os.environ["APOCTL_CA"])
try:
  with context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2])), 5), server_hostname=sys.argv[1]) as s:
    print("ok")
except ssl.SSLCertVerificationError as e: print("failed", e.verify_message)
except Exception as e: print("unknown", e)' "$host" "$port" 2>&1 | tail -n 1)
    case $answer in
      ok* | failed*) say "endpoint.$name.tls" "ok python3" ;;
      *) say "endpoint.$name.tls" "failed $answer" ;;
    esac
    say "endpoint.$name.trust.$which" "$answer"
  done
}

endpoint() {
  name=$1
  host=${2%:*}
  port=${2##*:}
  host=${host#[}
  host=${host%]}
  say "endpoint.$name.address" "$host $port"
  resolve || return
  connect || return
  if have openssl; then
    tls_openssl
  elif have curl; then
    tls_curl
  elif have python3; then
    tls_python
  else
    say "endpoint.$name.tls" "unknown no openssl, curl or python3"
  fi
}

clock() {
  say clock.epoch "$(date +%s)"
  if [ -d /run/systemd/system ] && have timedatectl; then
    bounded timedatectl show -p NTPSynchronized -p NTP 2>/dev/null | lines clock.sync 2
  fi
}

main() {
  release=${APOCTL_KERNEL:-$(uname -r)}
  : "${APOCTL_MODULES:=xt_cgroup xt_limit xt_multiport xt_connmark xt_REDIRECT xt_string xt_HMARK xt_LOG xt_bpf xt_state xt_set nf_nat_redirect nf_log_common nf_conntrack_ipv6 nf_log_ipv4 ip_set ip_set_bitmap_port ip_set_hash_netport ip_set_hash_net ts_bm cls_cgroup ip_tables iptable_nat iptable_mangle xt_conntrack nf_conntrack nf_nat nf_log_syslog nf_tables nf_tables_ipv4 nfnetlink nfnetlink_log nf_conntrack_netlink nfnetlink_queue nft_log nft_ct nft_chain_nat}"
  : "${APOCTL_PACKAGES:=libelf1 libelf1t64 libelf elfutils elfutils-libelf conntrack conntrack-tools ipset}"
  printf '\n@apoctl begin apoctl.collector/v1\n'
  clock
  account
  distribution
  modules
  netfilter
  resources
  surroundings
  if [ -z "$R" ]; then
    disk
    init_system
    services
    packages
    for entry in ${APOCTL_ENDPOINTS:-}; do endpoint "${entry%%=*}" "${entry#*=}"; done
  fi
  say clock.epochAtEnd "$(date +%s)"
  printf '@apoctl end apoctl.collector/v1\n'
}

# Read whole before anything runs: what comes on standard input is this script.
main </dev/null 2>/dev/null
