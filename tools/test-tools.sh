#!/bin/sh
# Makes sure that the tools which tests run against are on this machine: real SSH servers, shells, lab
# hosts. On Debian and Ubuntu what is missing is installed with apt-get, as root or through sudo; anywhere
# else it is named, and the run ends. `--e2e` adds what only the end-to-end suites need.
set -eu

# command=package: the command tells whether the package is there.
wanted='
sshd=openssh-server
ssh-agent=openssh-client
ssh=openssh-client
sudo=sudo
doas=opendoas
fish=fish
zsh=zsh
tcsh=tcsh
dash=dash
busybox=busybox
openssl=openssl
gpg=gpg
curl=curl
wget=wget
certutil=libnss3-tools
ip=iproute2
nft=nftables
script=bsdutils
setpriv=util-linux
strace=strace
ps=procps
shellcheck=shellcheck
tmux=tmux
oathtool=oathtool
zbarimg=zbar-tools
ansible-inventory=ansible-core
ansible-lint=ansible-lint
cloud-init=cloud-init
dbus-daemon=dbus
dbus-send=dbus
gnome-keyring-daemon=gnome-keyring
'
e2e='
systemd-nspawn=systemd-container
mmdebstrap=mmdebstrap
iptables=iptables
ipset=ipset
conntrack=conntrack
faketime=faketime
dpkg-deb=dpkg
rpmbuild=rpm
apt-ftparchive=apt-utils
createrepo_c=createrepo-c
'
[ "${1:-}" != --e2e ] || wanted="$wanted $e2e"

PATH="$PATH:/usr/sbin:/sbin"
missing=
for pair in $wanted; do
  command -v "${pair%%=*}" >/dev/null 2>&1 || missing="$missing ${pair#*=}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "the tests need, and this machine lacks:$missing" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
echo "installing for the tests:$missing" >&2
# It is to read files here, and must never take this machine for a new one.
case " $missing " in *' cloud-init '*)
  $as_root mkdir -p /etc/cloud
  $as_root touch /etc/cloud/cloud-init.disabled
esac
# A list of words on purpose.
# shellcheck disable=SC2086
{
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
} >/dev/null
