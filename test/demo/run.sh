#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Owns one run of the demo: flows from DAR1 to DAR2, DAR3 and home; run.sh WORLD DIRECTORY.
#
# The domain is that of test/netns; WORLD begins all its names.
# DIRECTORY gets demo.pcapng (the MN's link wlan0, and the core router: the CN's link with all, the
# DARs' links with signalling), moves (when), status-N.json of the MN after the N-1st move,
# flows.json, and checks: lines `ok TEXT` or `FAIL TEXT | WHAT WAS SEEN`.
set -u
WORLD=$1 RUN=$2
# shellcheck source=test/netns/domain.sh
. "$(dirname "${BASH_SOURCE[0]}")/../netns/domain.sh"

UDP_RATE=1000   # packets a second, each way
SETTLE=300      # packets of each UDP flow until a handover is over
STAY=1000       # and how many more before the next
TCP_RATE=250000 # octets a second, each way
SIGNALLING='icmp6 or ip6 proto 135 or ip6 proto 60 or ip6 proto 43' # as it is in the core
MORE_CONFIG='stop: flush'

die() {
	echo "demo: this has failed: $1" >&2
	show_logs >&2
	exit 1
}

check() { # TEXT EXPECTED SEEN
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "FAIL $1 | $(tr '\n' ' ' <<<"$3")"
	fi >>"$RUN/checks"
}

wait_for() { # TEXT SECONDS CONDITION
	poll "$2" "$3" || die "$1, within $2 s"
}

mn_attached() { # N: the MN's address there is left in ADDRESS
	ADDRESS=$(node mn show addresses | jq -r --arg prefix "2001:db8:$1::/64" \
		'.[] | select(.current and .prefix == $prefix).address')
	[ -n "$ADDRESS" ]
}

capture() { # NAMESPACE FILE ARGUMENTS...
	start "$1" "dumpcap-$2.log" nice -n -10 dumpcap -q -B 16 -w "$TMP/$2.pcapng" "${@:3}"
	CAPTURES+=("$STARTED")
	wait_for "a capture in $1" 5 "grep -q '^File:' $TMP/dumpcap-$2.log"
}

# ---- flows; a TCP flow with source :: takes the address that the MN's kernel prefers

udp_open() { # NAME PORT FROM SOURCE TO DESTINATION
	start "$5" "$1-recv.log" "${FLOW[@]}" udp-recv "$6" "$2" "$TMP/$1"
	RECEIVERS+=("$STARTED")
	wait_for "a receiver of $1" 3 "[ -s $TMP/$1 ]"
	GOALS[$1]=0
	start "$3" "$1-send.log" "${FLOW[@]}" udp-send "$4" "$6" "$2" "$UDP_RATE"
	SENDERS+=("$STARTED")
}

tcp_open() { # N SOURCE: to the CN
	start cn "tcp$1-cn.log" "${FLOW[@]}" tcp-listen "$CN_ADDRESS" "500$1" "$TMP/tcp$1-cn" "$TCP_RATE"
	RECEIVERS+=("$STARTED")
	wait_for "a listener for TCP $1" 3 "[ -s $TMP/tcp$1-cn ]"
	start mn "tcp$1-mn.log" "${FLOW[@]}" tcp-connect "$2" "$CN_ADDRESS" "500$1" "$TMP/tcp$1-mn" \
		"$TCP_RATE"
	SENDERS+=("$STARTED")
	wait_for "TCP $1 from $2" 10 "[ -s $TMP/tcp$1-mn ]"
	GOALS[tcp$1-mn]=0 GOALS[tcp$1-cn]=0
}

# set_goals PACKETS: so much more than now for UDP, for TCP what it gets in the same time
set_goals() {
	local name seen more
	for name in "${!GOALS[@]}"; do
		read -r seen <"$TMP/$name"
		case $name in udp*) more=$1 ;; *) more=$(($1 * TCP_RATE / UDP_RATE)) ;; esac
		GOALS[$name]=$((seen + more))
	done
}

reached() { # no subshell: this is asked while a handover is measured
	local name seen
	for name in "${!GOALS[@]}"; do
		read -r seen <"$TMP/$name"
		[ "$seen" -ge "${GOALS[$name]}" ] || return 1
	done
}

hand_over() { # STAY-NUMBER DAR: and stay there for a while, with one more flow
	echo "$EPOCHREALTIME" >>"$RUN/moves"
	move "$2"
	set_goals "$SETTLE"
	wait_for "all flows at DAR$2" 30 reached
	wait_for "an address at DAR$2" 2 "mn_attached $2"
	node mn show status >"$RUN/status-$1.json" || die "famactl show status"
	tcp_open "$1" ::
	set_goals "$STAY"
	wait_for "all flows at DAR$2" 30 reached
}

# The senders end first, a TCP listener when its peer has. One JSON object from each program.
flows_end() {
	local pid log
	for pid in "${SENDERS[@]}"; do kill -INT "$pid" 2>/dev/null; done
	wait_for "the end of the senders" 5 '! kill -0 "${SENDERS[@]}"'
	for pid in "${RECEIVERS[@]}"; do stop "$pid"; done
	for log in "$TMP"/{udp,tcp}*.log; do
		jq -c --arg name "$(basename "$log" .log)" '{($name): .}' "$log"
	done | jq -s add >"$RUN/flows.json"
}

# ---- what must be true when the MN is home again, and when all is over

bindings() { # [HOA]: at any DAR
	local n
	for n in 1 2 3; do ctl "$n" show bindings; done |
		jq -r --arg hoa "${1:-}" '.[] | select($hoa == "" or .hoa == $hoa) | "\(.hoa) at \(.dar)"'
}

rules() { # [HOA]: of the MN, and tables without a rule, or rules without a table
	local all
	all=$(ip -n "$WORLD-mn" -6 rule show | grep -v 'from all lookup')
	grep -F "from ${1:-}" <<<"$all"
	comm -3 <(sed -n 's/.* lookup \([^ ]*\).*/\1/p' <<<"$all" | sort) \
		<(ip -n "$WORLD-mn" -6 route show default table all | sed -n 's/.* table \([^ ]*\) .*/\1/p' | sort)
}

tunnels() { # HOA: what the MN would still wrap
	node mn show bul | jq -r --arg hoa "$1" '.[] | select(.hoa == $hoa and .state != "idle").state'
}

check_home() {
	check "home again: no binding of address 1 at any DAR" "" "$(bindings "$HOA")"
	check "home again: no tunnel, rule or route of address 1 at the MN" "" \
		"$(rules "$HOA")$(tunnels "$HOA")"
}

check_end() {
	local n
	node_stop mn
	check "the MN's agent stopped: no address, rule or route of it is left" "" "$(
		rules
		ip -n "$WORLD-mn" -6 address show scope global
		ip -n "$WORLD-mn" -6 route show default table all
	)"
	check "the MN's agent stopped: no binding at any DAR" "" "$(bindings)"
	for n in 1 2 3; do agent_stop "$n"; done
	check "the DARs' agents stopped: no program, map or route of them is left" "" "$(
		find "$PINS" -mindepth 1 2>/dev/null
		for n in 1 2 3; do
			ip -n "$WORLD-dar$n" link show | grep -o 'xdp.*'
			ip -n "$WORLD-dar$n" -6 route show | grep encap
		done
	)"
}

# ---- the run

FLOW=(nice -n -10 "$FAMA_OUT/demo/flow") # an instrument: it must not wait for what it measures
SENDERS=() RECEIVERS=() CAPTURES=()
declare -A GOALS=() # progress file -> what a wait wants to see in it
PINS=/sys/fs/bpf/$WORLD
domain_up 1 2 3
capture mn wlan0 -i wlan0
capture core core -i cn -i d1 -f "$SIGNALLING" -i d2 -f "$SIGNALLING" -i d3 -f "$SIGNALLING"
node_up mn
wait_for "the MN at DAR1" 10 "mn_attached 1"
HOA=$ADDRESS
udp_open udp-down 7001 cn "$CN_ADDRESS" mn "$HOA"
udp_open udp-up 7002 mn "$HOA" cn "$CN_ADDRESS"
tcp_open 1 "$HOA"
set_goals "$STAY"
wait_for "all flows at DAR1" 10 reached
hand_over 2 2
hand_over 3 3
hand_over 4 1
check_home
flows_end
for pid in "${CAPTURES[@]}"; do stop "$pid"; done
mergecap -w "$RUN/demo.pcapng" "$TMP/wlan0.pcapng" "$TMP/core.pcapng" || die "mergecap"
check_end
