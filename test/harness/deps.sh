#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Installs the Debian packages FAMA is built, tested and shown with; only what is missing.
set -eu

packages="build-essential clang llvm libclang-rt-14-dev libbpf-dev libxdp-dev bpftool pahole libssl-dev libyaml-dev
libcyaml-dev libevent-dev libmnl-dev libjansson-dev uthash-dev libcap-ng-dev
libsqlite3-dev
iproute2 ethtool radvd ndisc6 libcmocka-dev python3-pytest python3-scapy python3-cryptography tshark tcpdump
iperf3 iputils-ping procps jq clang-format qemu-system-x86 busybox-static cpio kmod gnuplot-nox
scdoc"

missing=
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "missing packages; run as root: apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words is meant
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
