#!/bin/sh
# Gathers facts about this host for `apoctl preflight linux`. Reads, never changes: no module is
# loaded, no file is written, no rule is added. Every answer is one line, `@apoctl KEY VALUE`, so
# that banners and login noise can be told from answers. `@apoctl unknown KEY WHY` says that the
# account could not see something, which is not the same as its absence.
#
# Hundreds of hosts may share one machine, so this must cost little, and nearly all that it costs are
# processes. A line is read by the shell itself; long files are left to one awk, in the end (`later`);
# `$(…)`, for which a shell forks, is kept for programs. A test counts what is started.
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

newline='
'
tab='	'

say() { printf '@apoctl %s %s\n' "$1" "$2"; }
unknown() { say unknown "$1 $2"; }
have() { command -v "$1" >/dev/null 2>&1; }
# Every line of standard input as an answer to KEY; at most MOST lines, so that nothing floods us. For
# short texts only: a shell reads byte by byte.
lines() {
  left=${2:-200}
  while [ "$left" -gt 0 ] && { IFS= read -r line || [ -n "$line" ]; }; do
    printf '@apoctl %s %.500s\n' "$1" "$line"
    left=$((left - 1))
  done
}
# All words of standard input as one answer to KEY.
words() { say "$1" "$(tr '\n' ' ')"; }
# Leaves a file to awk, see read_files: MANNER KEY FILE PATTERN MOST.
files=
later() { files="$files$1$tab$2$tab$3$tab${4:-}$tab${5:-200}$newline"; }
# Sets $first to the first line of a file; to nothing when it cannot be read.
first_line() {
  first=
  if [ -r "$1" ] && [ ! -d "$1" ]; then read -r first <"$1" 2>/dev/null || :; fi
}
file_value() {
  if [ -r "$R$2" ]; then first_line "$R$2" && say "$1" "$first"; fi
}

# Release, build and machine in one answer; asked through timeout(1), which tells at the same time
# whether there is one that takes its argument as we give it.
by_timeout=$(timeout 5 uname -rvm 2>/dev/null)
uname=${by_timeout:-$(uname -rvm)}

# What runs a command for at most $patience seconds: words to put before it, so that no shell has to be
# forked to wait. timeout(1) is missing on small systems, and busybox took its argument another way until
# 1.30.
if [ -n "$by_timeout" ]; then
  bounded="timeout $patience"
else
  bounded=end_after_patience
  end_after_patience() {
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
  # Of this shell, and so of this account.
  uid=
  while read -r field _ value _; do
    if [ "$field" = Uid: ]; then uid=$value && break; fi
  done </proc/self/status
  say account.uid "${uid:=$(id -u)}"
  # The first one there is root.
  IFS=: read -r name _ value _ </etc/passwd
  [ "$value" = "$uid" ] || name=$(id -un 2>/dev/null)
  say account.name "$name"
  [ -n "${SUDO_USER:-}" ] && say account.sudoFrom "$SUDO_USER"
  for which in 1 self; do
    if [ -r "$R/proc/$which/status" ]; then
      later lines "process.$which.status" "$R/proc/$which/status" \
        '^(Cap(Eff|Bnd|Prm|Inh|Amb)|NoNewPrivs|Seccomp|Cpus_allowed_list|Uid):'
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
      later lines os.release "$R$file" '' 60
      break
    fi
  done
  file_value os.debianVersion /etc/debian_version
  for file in oracle-release centos-release redhat-release system-release SuSE-release; do
    if [ -r "$R/etc/$file" ]; then
      first_line "$R/etc/$file"
      say os.releaseFile "/etc/$file $first"
      break
    fi
  done
  say os.machine "${uname##* }"
  have getconf && say os.bits "$(getconf LONG_BIT 2>/dev/null)"
  if have getconf && libc=$(getconf GNU_LIBC_VERSION 2>/dev/null); then
    say os.libc "$libc"
  elif have ldd; then
    libc=$(ldd --version 2>&1)
    say os.libc "${libc%%"$newline"*}"
  else
    unknown os.libc "neither getconf nor ldd is there"
  fi
}

# The text of the first configuration that there is, for read_files.
kernel_config() {
  for file in /proc/config.gz "/boot/config-$release" "/lib/modules/$release/config" \
    "/usr/lib/modules/$release/config" "/lib/modules/$release/build/.config"; do
    if [ ! -r "$R$file" ] || [ ! -s "$R$file" ]; then continue; fi
    case $file in
      *.gz)
        # zcat is a shell script on many systems.
        if have gzip; then reader='gzip -dc'; elif have zcat; then reader='zcat'; else continue; fi
        ;;
      *) reader='cat' ;;
    esac
    printf 'text\tconfig\t%s\n' "$file"
    $reader "$R$file" && return
  done
}

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
  if [ -r "$R$tree/modules.builtin" ]; then
    later modules kernel.builtin "$R$tree/modules.builtin"
  else
    unknown kernel.builtin "cannot read $tree/modules.builtin"
  fi
  pattern=
  for module in $APOCTL_MODULES; do pattern="$pattern|$module"; done
  pattern="/(${pattern#|})[.]ko"
  if [ -s "$R$tree/modules.dep" ] && [ -r "$R$tree/modules.dep" ]; then
    say kernel.loadableFrom "$tree/modules.dep"
    later modules kernel.loadable "$R$tree/modules.dep" "$pattern"
  elif [ -r "$R$tree" ] && found=$(find "$R$tree/" -name '*.ko*' 2>/dev/null) && [ -n "$found" ]; then
    say kernel.loadableFrom "find $tree -name '*.ko*'"
    printf '%s\n' "$found" | sed -e 's|.*/||' -e 's/\.ko.*$//' | words kernel.loadable
    printf '%s\n' "$found" | grep -E "$pattern" | sed "s|^$R$tree/||" | lines kernel.file
  else
    unknown kernel.loadable "cannot read $tree/modules.dep"
  fi
  for kind in alias softdep; do
    [ -r "$R$tree/modules.$kind" ] && later lines "kernel.$kind" "$R$tree/modules.$kind" \
      "^$kind (xt|ipt|ip6t|ip|ip6|nf|nft|arpt|ebt|cls|act|sch|ts|nfnetlink|x)_[A-Za-z0-9_:,-]* " 1500
  done
}

modules() {
  say kernel.release "$release"
  say kernel.running "${uname%% *}"
  build=${uname#* }
  say kernel.build "${build% *}"
  module_tree
  if [ -r "$R/proc/modules" ]; then
    later words kernel.loaded "$R/proc/modules"
  elif [ -e "$R/proc/modules" ]; then
    unknown kernel.loaded "cannot read /proc/modules"
  else
    say kernel.noProcModules yes
  fi
  if [ -d "$R/sys/module" ]; then
    list=
    for module in "$R"/sys/module/*; do
      [ -e "$module/initstate" ] || list="$list${module##*/} "
    done
    say kernel.sysBuiltin "$list"
  fi
  file_value kernel.modulesDisabled /proc/sys/kernel/modules_disabled
  for file in "$R"/etc/modprobe.d/*.conf "$R"/run/modprobe.d/*.conf "$R"/usr/lib/modprobe.d/*.conf \
    "$R"/lib/modprobe.d/*.conf; do
    [ -r "$file" ] && later rules kernel.modprobeRule "$file"
  done
  [ -n "$R" ] || modprobe_finds
}

# -n only says what it would do; busybox has no -n, and is not asked.
modprobe_finds() {
  case $(modprobe -V 2>/dev/null) in kmod* | module-init-tools*) ;; *) return ;; esac
  # One run names all that it does not find. Whether that was all it had to say, the second one tells; if
  # not, each is asked for.
  # shellcheck disable=SC2086 # the names are words on purpose
  answer=$(modprobe -n -a $APOCTL_MODULES 2>&1 >/dev/null)
  finds=
  for module in $APOCTL_MODULES; do
    case $answer in *" $module not found"*) ;; *) finds="$finds$module " ;; esac
  done
  # shellcheck disable=SC2086
  if [ -n "$finds" ] && ! modprobe -n -q -a $finds >/dev/null 2>&1; then
    finds=
    for module in $APOCTL_MODULES; do
      if modprobe -n -q "$module" >/dev/null 2>&1; then finds="$finds$module "; fi
    done
  fi
  say kernel.modprobeFinds "$finds"
}

netfilter() {
  for family in ip ip6; do
    for kind in names matches targets; do
      file="/proc/net/${family}_tables_$kind"
      if [ -r "$R$file" ]; then
        later sorted "netfilter.${family}.$kind" "$R$file"
      elif [ -e "$R$file" ]; then
        unknown "netfilter.${family}.$kind" "$file is for root"
      fi
    done
  done
  [ -n "$R" ] && return
  # Their versions are not asked: even to say it, iptables and nft open a socket that makes the kernel
  # load nfnetlink, and ipset loads ip_set.
  if have iptables; then
    printf '@apoctl netfilter.iptables '
    variant iptables || echo
  fi
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

nft_listed=
nft_rules() {
  if ! nft_present; then
    say netfilter.nftIdle yes
    return
  fi
  have nft || { unknown netfilter.nftTables "nft is not installed"; return; }
  nft_listed=yes
  # A dry run (-c) of what the enforcer programs; could load modules elsewhere, so only where none can be.
  first_line /proc/sys/kernel/modules_disabled
  if [ ! -e /proc/modules ] || [ "$first" = 1 ]; then
    if answer=$(printf '%s\n' 'table inet apoctl_probe {' \
      'set s { type ipv4_addr . inet_service; flags interval; }' \
      'chain c { type filter hook input priority 0; ct state established accept; ip saddr . tcp dport @s counter log group 10 accept; }' \
      '}' | $bounded nft -c -f - 2>&1); then
      say netfilter.nftAccepts yes
    else
      say netfilter.nftRefuses "${answer%%"$newline"*}"
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
      say netfilter.legacyRules "$family $table $($bounded "$save" -t "$table" -S 2>/dev/null | grep -c '^-A')"
    done <"/proc/net/${family}_tables_names"
  done
}

resources() {
  later count cpu.present "$R/proc/cpuinfo" '^processor'
  have nproc && [ -z "$R" ] && say cpu.nproc "$(nproc 2>/dev/null)"
  later lines memory.info "$R/proc/meminfo" '^(MemTotal|MemAvailable|SwapTotal):'
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
      [ -r "$2$at/$file" ] && first_line "$2$at/$file" && say cgroup.limit "v$1 $file ${at:-/} $first"
    done
    case $at in '' | /) break ;; esac
    at=${at%/*}
  done
}

# The nearest folder above a path that is there, as $at.
existing() {
  at=$1
  while [ ! -d "$at" ]; do at=${at%/*} && at=${at:-/}; done
}

disk() {
  existing /var/lib
  var=$at
  existing /opt
  # Below a heading there is a line for each. It is parted into words and put together again, which leaves
  # one space between them.
  if ! answer=$(df -P -k "$at" "$var" 2>/dev/null); then
    # One of them is nothing that df knows.
    answer=$newline$(df -P -k "$at" 2>/dev/null | sed 1d)$newline$(df -P -k "$var" 2>/dev/null | sed 1d)
  fi
  answer=${answer#*"$newline"}
  set -f
  # shellcheck disable=SC2086 # words on purpose
  set -- ${answer%%"$newline"*} && say disk.free "/opt $*"
  # shellcheck disable=SC2086
  set -- ${answer#*"$newline"} && say disk.free "/var/lib $*"
  set +f
  for path in /opt /var/lib; do
    existing "$path"
    [ "$uid" != 0 ] || [ -w "$at" ] || say disk.readOnly "$path"
  done
}

init_system() {
  [ -d /run/systemd/system ] && say init.systemdRuns yes
  if have systemctl; then
    answer=$(systemctl --version 2>/dev/null)
    say init.systemdVersion "${answer%%"$newline"*}"
    # What it would say itself where systemd does not run.
    state=offline
    [ -d /run/systemd/system ] && state=$($bounded systemctl is-system-running 2>/dev/null)
    say init.systemState "$state"
  fi
}

# Firewalls and agents that would fight with the enforcer, told by service, file and process name.
services() {
  watched='firewalld ufw iptables ip6tables nftables netfilter-persistent SuSEfirewall2
    traps_pmd cortex-agent twistlock-defender illumio-ven prisma-enforcer enforcerd'
  if [ -d /run/systemd/system ] && have systemctl; then
    units_of_systemd
  else
    for service in $watched; do
      [ -e "/run/openrc/started/$service" ] && say service.state "$service active openrc"
    done
  fi
  if [ -r /etc/ufw/ufw.conf ]; then
    later lines service.ufw /etc/ufw/ufw.conf '^[Ee][Nn][Aa][Bb][Ll][Ee][Dd]=' 1
  elif [ -e /etc/ufw/ufw.conf ]; then
    unknown service.ufw "cannot read /etc/ufw/ufw.conf"
  fi
  for path in /opt/traps /var/lib/twistlock /opt/illumio_ven /opt/cni/bin/pan-cni /opt/prisma-enforcer/current /var/lib/aporeto; do
    [ -e "$path" ] && say service.path "$path"
  done
}

# One question for all. Of each service, in our order, comes a block of lines, with an empty one between.
units_of_systemd() {
  set --
  for service in $watched; do set -- "$@" "$service.service"; done
  {
    $bounded systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState "$@" 2>/dev/null
    echo
  } | for service in $watched; do
    id=
    loaded=
    state=
    enabled=
    while read -r line && [ -n "$line" ]; do
      case $line in
        Id=*) id=${line#*=} ;;
        LoadState=*) loaded=${line#*=} ;;
        ActiveState=*) state=${line#*=} ;;
        UnitFileState=*) enabled=${line#*=} ;;
      esac
    done
    # Of init scripts, units without a file and other names of a unit, only is-enabled knows.
    case "$id/$loaded/$state/$enabled" in
      "$service.service"/*/enabled | "$service.service"/*/disabled | "$service.service"/*/static) ;;
      */not-found/inactive/* | */masked/inactive/*) ;;
      *) enabled=$($bounded systemctl is-enabled "$service" 2>/dev/null </dev/null) ;;
    esac
    case "$state/$enabled" in
      */enabled* | active/* | activating/*) say service.state "$service ${state:-unknown} ${enabled:-unknown}" ;;
    esac
  done
}

virtualization() {
  have systemd-detect-virt && {
    say virt.container "$(systemd-detect-virt --container 2>/dev/null)"
    say virt.machine "$(systemd-detect-virt --vm 2>/dev/null)"
  }
  file_value virt.systemdContainer /run/systemd/container
  for file in /.dockerenv /run/.containerenv; do [ -e "$file" ] && say virt.mark "$file"; done
  if [ -r /proc/1/environ ]; then
    answer=$newline$(tr '\0' '\n' </proc/1/environ 2>/dev/null)
    case $answer in
      *"${newline}container="*)
        answer=${answer#*"${newline}container="}
        say virt.environment "${answer%%"$newline"*}"
        ;;
    esac
  fi
}

surroundings() {
  [ -n "$R" ] || virtualization
  file_value security.lockdown /sys/kernel/security/lockdown
  for file in "$R"/sys/firmware/efi/efivars/SecureBoot-*; do
    if [ -r "$file" ]; then
      # Four bytes of attributes, and then the value.
      for value in $(od -An -t u1 "$file" 2>/dev/null); do :; done
      say security.secureBoot "$value"
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
      while read -r line; do
        case $line in *' install ok installed') say package.installed "${line% install ok installed}" ;; esac
      done
  elif have rpm; then
    say package.manager rpm
    $bounded rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' $APOCTL_PACKAGES 2>/dev/null |
      while read -r line; do
        case $line in *'not installed'*) ;; *) say package.installed "$line" ;; esac
      done
  elif have apk; then
    say package.manager apk
    $bounded apk info -v $APOCTL_PACKAGES 2>/dev/null | lines package.installed
  else
    unknown package.manager "none of dpkg, rpm and apk is there"
  fi
  for installer in apt-get dnf yum zypper apk microdnf; do
    if have "$installer"; then say package.installer "$installer" && break; fi
  done
  for program in conntrack ipset iptables nft openssl curl sudo; do
    have "$program" && printf '@apoctl program.path %s ' "$program" && command -v "$program"
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
    answer=$($bounded getent ahosts "$host" 2>/dev/null | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  elif have python3; then
    answer=$($bounded python3 -c 'import socket,sys
print(" ".join(sorted({a[4][0] for a in socket.getaddrinfo(sys.argv[1], None)})))' "$host" 2>/dev/null)
  elif have nslookup; then
    answer=$($bounded nslookup "$host" 2>/dev/null | sed -e '1,/^Name/d' | sed -n 's/^Address[^:]*: *\([^ ]*\).*/\1/p' | sort -u | tr '\n' ' ')
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
    answer=$($bounded bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>&1)
  elif have nc; then
    answer=$($bounded nc -z -w "$patience" "$host" "$port" 2>&1 </dev/null)
  elif have python3; then
    answer=$($bounded python3 -c 'import socket,sys
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
    $bounded openssl s_client -connect "$host:$port" $naming -ign_eof 2>&1)
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
    $bounded openssl s_client -connect "$host:$port" $naming -CAfile /dev/stdin 2>&1)"
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
  head=$($bounded curl -sS -I -m "$patience" "https://$host:$port/" 2>&1)
  status=$?
  say "endpoint.$name.epoch" "$(date +%s)"
  curl_verdict system "$status"
  printf '%s\n' "$head" | sed -n 's/^[Dd]ate: *//p' | head -n 1 | tr -d '\r' | lines "endpoint.$name.date"
  [ -n "${APOCTL_CA:-}" ] || return
  printf '%s\n' "$APOCTL_CA" | $bounded curl -sS -I -m "$patience" --cacert /dev/stdin "https://$host:$port/" >/dev/null 2>&1
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
    answer=$(APOCTL_WHICH=$which APOCTL_CA="${APOCTL_CA:-}" $bounded python3 -c 'import os, socket, ssl, sys
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
    $bounded timedatectl show -p NTPSynchronized -p NTP 2>/dev/null | lines clock.sync 2
  fi
}

# Reads all files that were left for later, and the names of all processes, in one go. It asks for each line
# with getline, which says that a file cannot be read where awk's own loop would end the program.
#   lines    those that match PATTERN, each an answer; at most MOST
#   count    how many match
#   words    the first word of each, as one answer
#   sorted   all lines as words, in order and once each
#   modules  names of modules; the files of those that match PATTERN are answers of their own
#   rules    what modprobe is told not to load, of all files together, in order and once each
# After these, in the same stream, comes text that has no file: the configuration of the kernel, and rules.
read_files() {
  if ! have awk; then
    for key in process.1.status process.self.status os.release kernel.config kernel.builtin \
      kernel.loadable kernel.loaded netfilter.nftTables; do
      unknown "$key" "awk is not there"
    done
    return
  fi
  {
    printf '%s' "$files"
    if [ -z "$R" ] && cd /proc; then printf 'process\t\t%s\n' [0-9]*; fi
    kernel_config
    if [ -n "$nft_listed" ]; then
      printf 'text\tnft\n'
      $bounded nft list ruleset 2>&1
      # Only now it is known whether it could.
      printf '\nstatus %s\n' "$?"
    fi
  } | awk -F '\t' -v release="$release" '
    function say(key, value) { print "@apoctl " key " " substr(value, 1, 500) }

    # Puts a line into list[1..count] where it belongs, unless it is there; returns the new count.
    function insert(line, list, count,   at) {
      line = line "" # a string, even where it looks like a number
      for (at = 1; at <= count; at++) if (list[at] == line) return count
      for (at = count; at > 0 && list[at] > line; at--) list[at + 1] = list[at]
      list[at + 1] = line
      return count + 1
    }

    $1 == "text" { text = $2; config = $3; next }
    text == "config" && /^CONFIG_((MODULE|NETFILTER|NF_|NFT_|IP_SET|IP_NF|IP6_NF|NET_|BRIDGE|CGROUP|BPF|TEXTSEARCH|SECURITY_LOCKDOWN|USER_NS|IPV6|VETH|DUMMY|INET_)[A-Z0-9_]*|TUN)=[ym]$/ {
      value = substr($0, length($0))
      names[value] = names[value] substr($0, 8, length($0) - 9) " "
      config_file = config
    }
    text == "nft" {
      if (++nft_lines == 1) nft_first = $0
      nft_last = $0 # in the end its status
      if (/^table / && tables < 100) { split($0, word, " "); table[++tables] = word[2] " " word[3] }
      if (/^[ \t].*(accept|drop|reject|jump|goto|queue|masquerade|dnat|snat|redirect|counter)/) nft_rules++
    }
    text != "" { next }

    { manner = $1; key = $2; file = $3; pattern = $4; most = $5; count = 0 }

    manner == "lines" {
      while (count < most && (getline line < file) > 0) if (line ~ pattern) { say(key, line); count++ }
    }
    manner == "count" {
      while ((status = (getline line < file)) > 0) if (line ~ pattern) count++
      print "@apoctl " key " " (status < 0 ? "" : count " ")
    }
    manner == "words" {
      printf "@apoctl %s ", key
      while ((getline line < file) > 0) printf "%s ", substr(line, 1, index(line " ", " ") - 1)
      print ""
    }
    manner == "sorted" {
      while ((getline line < file) > 0) count = insert(line, list, count)
      printf "@apoctl %s ", key
      for (at = 1; at <= count; at++) printf "%s ", list[at]
      print ""
    }
    manner == "modules" {
      printf "@apoctl %s ", key
      while ((getline line < file) > 0) {
        line = substr(line, 1, index(line ":", ":") - 1) # without what it depends on
        if (pattern != "" && line ~ pattern) list[++count] = line
        sub(/.*\//, "", line)
        sub(/\.ko.*$/, "", line)
        printf "%s ", line
      }
      print ""
      for (at = 1; at <= count && at <= 200; at++) say("kernel.file", list[at])
    }
    manner == "rules" {
      while ((getline line < file) > 0)
        if (line ~ /^[ \t]*(install|blacklist)[ \t]/) rules = insert(line, rule, rules)
    }
    # For each process there is a file to read, and close.
    manner == "process" && processes < 100 {
      name = ""
      getline name < ("/proc/" file "/comm")
      close("/proc/" file "/comm")
      if (name ~ /^(defender|twistlock.*|fsmon|pmd|cortex-.*|traps.*|VtapServer|venAgentMgr.*|firewalld|calico-node|felix|cilium-agent|kubelet|kube-proxy|dockerd|containerd|crio|fail2ban-server|enforcerd|prisma-enforcer)$/) {
        processes++
        say("service.process", file " " name)
      }
      if (name == "kubelet") {
        # Words end with bytes that not every awk can read.
        command = "tr \"\\0\" \"\\n\" </proc/" file "/cmdline 2>/dev/null"
        while ((command | getline line) > 0) if (line ~ /^--network-plugin=/) say("service.kubelet", line)
        close(command)
      }
    }

    END {
      for (at = 1; at <= rules && at <= 200; at++) say("kernel.modprobeRule", rule[at])
      if (config_file == "")
        say("unknown", "kernel.config no readable /proc/config.gz or /boot/config-" release)
      else {
        print "@apoctl kernel.configFile " config_file
        print "@apoctl kernel.config.y " names["y"]
        print "@apoctl kernel.config.m " names["m"]
      }
      if (nft_last == "status 0") {
        for (at = 1; at <= tables; at++) print "@apoctl netfilter.nftTable " table[at]
        print "@apoctl netfilter.nftListed yes"
        print "@apoctl netfilter.nftRules " nft_rules + 0 " "
      } else if (nft_lines > 0)
        say("unknown", "netfilter.nftTables " (nft_first == "" ? "nft ended with " nft_last : nft_first))
    }
  '
}

main() {
  release=${APOCTL_KERNEL:-${uname%% *}}
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
  read_files
  say clock.epochAtEnd "$(date +%s)"
  printf '@apoctl end apoctl.collector/v1\n'
}

# Read whole before anything runs: what comes on standard input is this script.
main </dev/null 2>/dev/null
