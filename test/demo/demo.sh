#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Owns the demo: demo.sh OUTPUT [RUNS]; runs, table, plot and capture, and nothing left behind.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
here=test/demo
usage() {
	echo "usage: demo.sh OUTPUT [RUNS]" >&2
	exit 2
}
runs=${2:-1}
if [ $# -lt 1 ] || ! [[ $runs =~ ^[1-9][0-9]*$ ]]; then usage; fi
[ "$(id -u)" = 0 ] || { echo "demo: namespaces and BPF need root: sudo make demo" >&2; exit 77; }
mkdir -p "$1/demo" && out=$(cd "$1" && pwd) || exit 1
export FAMA_OUT=$out PYTHONDONTWRITEBYTECODE=1

world=fama-demo-$$ child='' tmp='' bpffs_is_ours=0

# What is there of us, whoever made it.
traces() {
	ls -d /run/netns/"$world"-* /sys/fs/bpf/"$world"-* /tmp/"$world"* 2>/dev/null
	[ "$bpffs_is_ours" = 1 ] && mountpoint -q /sys/fs/bpf && echo /sys/fs/bpf
}

leave() {
	local status=$? left
	trap '' INT TERM HUP
	if [ -n "$child" ]; then
		kill -TERM "$child" 2>/dev/null
		wait "$child"
	fi
	[ -z "$tmp" ] || rm -rf "$tmp"
	# not if others have pinned something meanwhile; the kernel's own files do not count
	[ "$bpffs_is_ours" = 1 ] && ! find /sys/fs/bpf -mindepth 1 ! -name '*.debug' | grep -q . &&
		umount /sys/fs/bpf
	left=$(traces)
	if [ -n "$left" ]; then
		sed 's/^/FAIL  left behind: /' <<<"$left"
		status=1
	else
		echo "ok    nothing is left behind: namespaces, processes, pins, files"
	fi
	exit "$status"
}

fail() {
	echo "demo: $1" >&2
	exit 1
}

# In the background, so that a signal reaches this shell at once, and the program through it.
in_turn() {
	local status
	"$@" &
	child=$!
	wait "$child"
	status=$?
	child=''
	return "$status"
}

trap leave EXIT
trap 'exit 130' INT TERM HUP
if ! mountpoint -q /sys/fs/bpf; then
	mount -t bpf bpf /sys/fs/bpf || fail "no bpffs at /sys/fs/bpf"
	bpffs_is_ours=1
fi
tmp=$(mktemp -d "/tmp/$world.XXXXXX") || fail "no directory in /tmp"
gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o "$out/demo/flow" "$here/flow.c" ||
	fail "flow.c does not compile"

dirs=()
for ((i = 1; i <= runs; i++)); do
	dirs+=("$tmp/$i")
	mkdir "$tmp/$i"
	echo "run $i of $runs: DAR1, DAR2, DAR3 and back" >&2
	in_turn "$here/run.sh" "$world-$i" "$tmp/$i" || fail "run $i has failed"
done

echo
in_turn /usr/bin/python3 "$here/analyse.py" "$tmp/plot" "$out/demo/demo.pcapng" "${dirs[@]}"
status=$?
svg=$out/demo/handover.svg
if [ -s "$tmp/plot" ] && in_turn gnuplot -c "$here/plot.gp" "$tmp/plot" "$svg"; then
	echo "      written: $1/demo/handover.svg $1/demo/demo.pcapng"
else
	status=1
fi
exit "$status"
