#!/bin/sh
# in.sh SUITE DIRECTORY ACCOUNT COMMAND...: runs a command in a booted machine, over SSH.
set -eu
suite=$1
base=$2
account=$3
shift 3
# The machine is ours, new, and reached through loopback: there is no key to know it by yet.
exec ssh -q -i "$base/id_ed25519" -p "$(cat "$base/$suite/port")" -o BatchMode=yes -o ConnectTimeout=5 \
  -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$account@127.0.0.1" "$@"
