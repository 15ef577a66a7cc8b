set -e
unit=prisma-enforcer.service
programs=/opt/prisma-enforcer
data=/var/lib/prisma-enforcer

has_systemd() { [ -d /run/systemd/system ]; }

# Before a first installation. What somebody copied here has no owner: it is removed by what brought it.
refuse_copied() {
  [ -e "$programs/current" ] || return 0
  echo 'prisma-enforcer: apoctl has copied an enforcer to this host; remove that first: apoctl enforcer uninstall linux' >&2
  exit 1
}

make_folders() {
  for folder in "$data" "$data/state" "$data/spool"; do
    [ -d "$folder" ] || mkdir -m 0700 "$folder"
  done
}

read_units() { if has_systemd; then systemctl daemon-reload || :; fi; }

# After a change of the version. One that does not run is left alone, configured or not.
restart_running() { if has_systemd; then systemctl try-restart "$unit" || :; fi; }

# Before the removal. Its rules would otherwise stay in the kernel.
stop_service() {
  if has_systemd; then
    systemctl --quiet disable --now "$unit" || :
    systemctl reset-failed "$unit" 2>/dev/null || :
  fi
  if command -v nft >/dev/null 2>&1; then nft delete table inet prisma_enforcer 2>/dev/null || :; fi
}

# dpkg takes folders away that are empty and that no other package lists, also those of the system.
keep_opt() { [ -d /opt ] || mkdir -m 0755 /opt; }

forget_all() { rm -rf "$data" "$programs"; }
