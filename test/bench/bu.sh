#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Owns the world of the BU benchmark: bu.sh OUTPUT [PART...]; a DAR and the far end of its core link.
set -eu
out=$(realpath "$1")
shift
world=fama-bench-$$
work=$(mktemp -d "/tmp/$world.XXXXXX")
pins=/sys/fs/bpf/$world

cleanup() {
	local pid
	for pid in $(ip netns pids "$world-dar" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
	ip netns del "$world-far" 2>/dev/null || true
	ip netns del "$world-dar" 2>/dev/null || true
	rm -rf "$work" "$pins"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
ip netns add "$world-dar"
ip netns add "$world-far"
in_dar() { nsenter --net="/run/netns/$world-dar" "$@"; }
in_far() { nsenter --net="/run/netns/$world-far" "$@"; }
in_dar sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0 \
	net.ipv6.conf.all.accept_dad=0
in_far sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add core0 netns "$world-dar" type veth peer name far0 netns "$world-far"
ip link add acc0 netns "$world-dar" type veth peer name host0 netns "$world-far"
in_far ethtool -K far0 gro on tx off >/dev/null
in_far ethtool -K host0 gro on tx off >/dev/null
for link in far0 host0; do in_far ip link set "$link" up; done
for link in lo core0 acc0; do in_dar ip link set "$link" up; done
far_mac=$(in_far ip -br link show far0 | awk '{print $3}')
dar_mac=$(in_dar ip -br link show core0 | awk '{print $3}')
in_dar ip address add 2001:db8:c1::2/64 dev core0 nodad
in_dar ip neigh add 2001:db8:c1::1 lladdr "$far_mac" dev core0 nud permanent
in_dar ip route add default via 2001:db8:c1::1

config() { # NAME MAX SECURITY: what differs from the defaults is named here
	cat >"$work/$1.yaml" <<-END
		role: dar
		name: bench
		control: $work/bench.sock
		state_dir: $work/state
		bpffs: $pins
		log: {level: warn}
		interfaces:
		  - {name: core0, kind: core, attach: link}
		  - name: acc0
		    kind: access
		    attach: link
		    prefixes: [{prefix: "2001:db8:1::/64", address: "2001:db8:1::1"}]
		binding: {max: $2}
		security: {$3}
		stop: flush
	END
}
# The throughput rows lift what would refuse this crowd: one host, few keys, no access link.
config fast 1048576 "coa_test: none, dad: off, require_seen: false, crypto_budget: 1000000, limits: {per_key: 0, per_link_address: 0}"
config flood 65536 "require_seen: false"

in_far "$out/test/bench/bu" "$out/famad" "$work/bench.sock" "/run/netns/$world-dar" "$far_mac" \
	"$dar_mac" "$pins" "$work/fast.yaml" "$work/flood.yaml" "$out/bench/bench.json" "$@"
