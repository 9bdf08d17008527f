# SPDX-License-Identifier: BSD-2-Clause
# Owns what every script here needs: TAP, polling, processes in namespaces, cleaning up.
# Sourced by topology.sh; a script says `plan`-less TAP and ends with `finish`.
# shellcheck shell=bash

set -u
shopt -s lastpipe
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
FAMA_OUT=${FAMA_OUT:-$PWD/build}
FAMAD=$FAMA_OUT/famad
FAMACTL=$FAMA_OUT/famactl
PYTHON=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1

WORLD=${WORLD:-fama$$} # every name that this run makes begins with it
TMP=
PINS=/sys/fs/bpf/fama-$$
count=0 failures=0

# ---- TAP

ok() { # TEXT
	count=$((count + 1))
	printf 'ok %d - %s\n' "$count" "$1"
}

not_ok() { # TEXT EXPECTED SEEN
	count=$((count + 1)) failures=$((failures + 1))
	printf 'not ok %d - %s\n' "$count" "$1"
	printf '%s\n' "expected: $2" "seen:     $3" | sed 's/^/# /'
}

is() { # TEXT EXPECTED SEEN
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "$2" "$3"; fi
}

between() { # TEXT LOW HIGH SEEN: integers
	if [[ $4 =~ ^-?[0-9]+$ ]] && [ "$4" -ge "$2" ] && [ "$4" -le "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "$2 to $3" "$4"
	fi
}

json() { # TEXT JSON FILTER [VALUE]: the filter gives VALUE (true)
	local seen
	seen=$(jq -c "$3" <<<"$2" 2>&1)
	if [ "$seen" = "${4:-true}" ]; then ok "$1"; else not_ok "$1" "$3 is ${4:-true}" "$seen of $2"; fi
}

# Memory of the agent tells nothing where a sanitizer keeps what was freed.
grows_at_most() { # TEXT KB BEFORE AFTER
	if grep -qa __asan_init "$FAMAD"; then ok "$1 # SKIP built with ASan"; else between "$1" -100000 "$2" $(($4 - $3)); fi
}

succeeds() { # TEXT COMMAND...
	local text=$1 seen
	shift
	if seen=$("$@" 2>&1); then ok "$text"; else not_ok "$text" "$* succeeds" "$seen"; fi
}

eventually() { # TEXT SECONDS CONDITION
	if poll "$2" "$3"; then ok "$1"; else not_ok "$1" "$3 within $2 s" "$(eval "$3" 2>&1)"; fi
}

finish() {
	local report
	agents_down
	report=$(grep -hE 'Sanitizer|runtime error' "$TMP"/*.log 2>/dev/null)
	[ -z "$report" ] || not_ok "a build with sanitizers has nothing to report" "" "$report"
	printf '1..%d\n' "$count"
	[ "$failures" -eq 0 ] || show_logs
	exit $((failures > 0))
}

skip_all() { # REASON
	printf '1..0 # SKIP %s\n' "$1"
	exit 77
}

die() {
	not_ok "$1" "the test to go on" "it cannot"
	finish
}

show_logs() {
	local log
	for log in "$TMP"/*.log; do
		[ -s "$log" ] || continue
		echo "# --- $(basename "$log")"
		tail -n 25 "$log" | sed 's/^/# /'
	done
}

# ---- waiting

now_ms() {
	local t=${EPOCHREALTIME/[.,]/}
	echo $((t / 1000))
}

poll() { # SECONDS CONDITION: true as soon as the condition holds, looked at every 30 ms
	local end=$(($(now_ms) + ${1%.*} * 1000))
	until eval "$2" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.03
	done
}

# ---- namespaces and processes

netns() { echo "/run/netns/$WORLD-$1"; }

# run NAMESPACE COMMAND... ; nsenter because `ip netns exec` hides /sys/fs/bpf
run() {
	local where
	where=$(netns "$1")
	shift
	nsenter --net="$where" "$@"
}

# start NAMESPACE LOG COMMAND...: in the background; the pid is that of the command itself ($!)
start() {
	local where log=$TMP/$2
	where=$(netns "$1")
	shift 2
	nsenter --net="$where" "$@" >"$log" 2>&1 </dev/null &
	STARTED=$!
	disown "$STARTED"
}

# stop PID [SIGNAL]: and wait until it is gone
stop() {
	kill "-${2:-TERM}" "$1" 2>/dev/null
	poll 5 "! kill -0 $1" || kill -KILL "$1" 2>/dev/null
}

cleanup() {
	local ns pid
	trap '' INT TERM HUP # a second Ctrl-C must not cut this short
	trap - EXIT
	for ns in /run/netns/"$WORLD"-*; do
		[ -e "$ns" ] || continue
		for pid in $(ip netns pids "${ns##*/}"); do kill -TERM "$pid" 2>/dev/null; done
	done
	for ns in /run/netns/"$WORLD"-*; do
		[ -e "$ns" ] || continue
		poll 3 "[ -z \"\$(ip netns pids ${ns##*/})\" ]" ||
			for pid in $(ip netns pids "${ns##*/}"); do kill -KILL "$pid" 2>/dev/null; done
		ip netns del "${ns##*/}"
	done
	rm -rf "$PINS" "$PINS-foreign"
	[ -n "$TMP" ] && [ -z "${KEEP:-}" ] && rm -rf "$TMP"
}

# ---- preconditions

[ "$(id -u)" = 0 ] || skip_all "needs root"
for tool in ip tc nsenter ethtool jq tcpdump gcc ping "$PYTHON"; do
	command -v "$tool" >/dev/null || skip_all "needs $tool"
done
"$PYTHON" -c 'import cryptography' 2>/dev/null || skip_all "needs python3-cryptography"
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
TMP=$(mktemp -d "/tmp/$WORLD.XXXXXX")
chmod 755 "$TMP"
