# SPDX-License-Identifier: BSD-2-Clause
# Owns the whole domain: the world of topology.sh with famad on the mobile nodes as well.
#
# A `node` is a namespace, mn or mn2, with famad in the role mn on its wlan0. What famad does is
# judged from its packets (wire.py reads a capture with the node's own key) and famactl.
# shellcheck shell=bash

# shellcheck source=test/netns/topology.sh
. "$(dirname "${BASH_SOURCE[0]}")/topology.sh"

declare -A NODE    # name of a node -> pid of its famad
declare -A CAPTURE # FILE of a capture -> pid of its tcpdump
NODE_CONFIG=       # more lines of a node's configuration

domain_up() { # N...: the world with agents at these DARs; nodes do duplicate address detection
	local ns
	need_binaries
	world_up
	for ns in mn mn2; do
		[ -e "$(netns $ns)" ] || continue
		run $ns sysctl -qw net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.default.accept_dad=1 \
			net.ipv6.conf.wlan0.accept_dad=1
	done
	: >"$TMP/still"
	start cn still.log "$PYTHON" -c "import time
last, longest = time.monotonic(), 0.25
while True:
    time.sleep(0.05)
    gap, last = time.monotonic() - last, time.monotonic()
    if gap > longest:
        longest = gap
        print(round(gap * 1000), file=open('$TMP/still', 'w'), flush=True)"
	agents_up "$@"
}

# timed TEXT JSON FILTER [VALUE]: json() for what a machine that stood still cannot show
timed() {
	local seen
	seen=$(jq -c "$3" <<<"$2" 2>&1)
	if [ "$seen" != "${4:-true}" ] && [ -s "$TMP/still" ]; then
		ok "$1 # SKIP the machine stood still for $(cat "$TMP/still") ms"
	else
		json "$@"
	fi
}

tcp_advances() { # TEXT: both directions carry 100 kB more
	local down up
	down=$(($(tcp_octets mn) + 100000)) up=$(($(tcp_octets cn) + 100000))
	eventually "$1" 15 "[ \$(tcp_octets mn) -ge $down ] && [ \$(tcp_octets cn) -ge $up ]"
}

# ---- famad in the role mn

node_start() { # WHO
	cat >"$TMP/$1.yaml" <<-END
		role: mn
		name: $1
		control: $TMP/$1.sock
		state_dir: $TMP/state/$1
		bpffs: $PINS/$1
		interfaces:
		  - name: wlan0
		$NODE_CONFIG
	END
	start "$1" "$1.log" "$FAMAD" -c "$TMP/$1.yaml"
	NODE[$1]=$STARTED
}

node_ready() { # WHO
	poll 6 "node $1 show status || ! kill -0 ${NODE[$1]}" && node "$1" show status >/dev/null 2>&1
}

node_up() { # WHO
	node_start "$1"
	node_ready "$1" || die "famad of $1 answers show status within 5 s (contract 4.1)"
}

node_stop() { stop "${NODE[$1]}" "${2:-TERM}"; } # WHO [SIGNAL]

node() { # WHO ARGUMENTS... ; its JSON
	local who=$1
	shift
	"$FAMACTL" -s "$TMP/$who.sock" --json "$@"
}

address_of() { # WHO N: the address under the prefix of DAR N, or nothing
	node "$1" show addresses | jq -r --arg prefix "2001:db8:$2::/64" \
		'.[] | select(.prefix == $prefix).address'
}

current_of() { # WHO: the address of the current link, or nothing
	node "$1" show addresses | jq -r '.[] | select(.current).address'
}

arrive() { # WHO N: waits until the address of DAR N is the current one; it is printed
	poll 10 "current_of $1 | grep -q '^2001:db8:$2:'" || echo "# $1 does not arrive at DAR$2" >&2
	current_of "$1"
}

entry() { # WHO HOA: one object of `show bul`, or nothing
	node "$1" show bul | jq -c --arg hoa "$2" '.[] | select(.hoa == $hoa)'
}

bound_to() { # WHO HOA COA: the node and DAR agree
	entry "$1" "$2" | jq -e --arg coa "$3" '.coa == $coa and .state == "bound"'
}

# ---- captures

capture() { # NAMESPACE DEVICE FILE FILTER
	start "$1" "tcpdump-$3.log" tcpdump -n -U --immediate-mode -s 0 -i "$2" -w "$TMP/$3.pcap" "$4"
	CAPTURE[$3]=$STARTED
	poll 5 "grep -q listening $TMP/tcpdump-$3.log" || die "tcpdump in $1"
}

capture_stop() { stop "${CAPTURE[$1]}" INT; } # FILE

mac_of() { ip -n "$WORLD-$1" -j link show wlan0 | jq -r '.[0].address'; } # WHO

wire() { # WHO FILE: the capture as JSON, judged
	"$PYTHON" "$HERE/wire.py" --state "$TMP/state/$1" --mac "$(mac_of "$1")" "$TMP/$2.pcap"
}

sent() { # WHO FILE FILTER: the filter over the messages of the node
	wire "$1" "$2" | jq -c "map(select(.out)) | $3"
}

# ---- what a host would notice

source_of() { # WHO: the address that a new flow to the CN takes
	run "$1" "$PYTHON" -c "import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.connect(('$CN_ADDRESS', 9))
print(s.getsockname()[0])"
}

udp_start() { # NAME PORT FROM SOURCE TO DESTINATION RATE: pids in UDP_SENDER, UDP_RECEIVER
	start "$5" "$1-recv.log" "$UDPFLOW" recv "$6" "$2" "$TMP/$1"
	UDP_RECEIVER[$1]=$STARTED
	poll 3 "[ -s $TMP/$1 ]" || die "a UDP receiver on $6"
	start "$3" "$1-send.log" "$UDPFLOW" send "$4" "$6" "$2" "$7"
	UDP_SENDER[$1]=$STARTED
}
declare -A UDP_SENDER UDP_RECEIVER

udp_advances() { # TEXT NAME PACKETS
	local more=$(($(received "$TMP/$2") + $3))
	eventually "$1" 15 "[ \$(received $TMP/$2) -ge $more ]"
}

udp_finish() { # NAME: ends it, leaves {sent, received, duplicates, ...} in $UDP
	stop "${UDP_SENDER[$1]}"
	poll 2 "[ \$(received $TMP/$1) -ge \$(jq .sent $TMP/$1-send.log) ]"
	stop "${UDP_RECEIVER[$1]}"
	UDP=$(jq -cs add "$TMP/$1-send.log" "$TMP/$1-recv.log")
	echo "# $1: $UDP"
}

# host_state NAMESPACE: what an agent could have changed on wlan0 and around it
host_state() {
	run "$1" sysctl -a --pattern 'net.ipv6.(conf.(wlan0|all|default)|route)\.' 2>/dev/null |
		grep -v stable_secret
	ip -n "$WORLD-$1" -6 -o address show | sed 's/^[0-9]*: *//'
	ip -n "$WORLD-$1" -6 route show table all
	ip -n "$WORLD-$1" -6 rule show
	run "$1" tc qdisc show dev wlan0
	run "$1" tc filter show dev wlan0 ingress 2>/dev/null
	run "$1" tc filter show dev wlan0 egress 2>/dev/null
}

tunnels_of() { # WHO [HOA]: rules of any (that) HoA, with the routes of their tables
	local pref from table
	ip -n "$WORLD-$1" -6 -j rule show | jq -r --arg hoa "${2:-}" '.[] |
		select(.src != "all" and ($hoa == "" or .src == $hoa)) | "\(.priority) \(.src) \(.table)"' |
		while read -r pref from table; do
			echo "rule $pref from $from lookup $table"
			ip -n "$WORLD-$1" -6 route show table "$table"
		done
}

bindings_of() { # HOA: DARs with a binding of it
	local n
	for n in 1 2 3; do
		[ -n "${AGENT[$n]:-}" ] && [ -n "$(binding "$n" "$1")" ] && echo "dar$n"
	done
}

# ---- an anchor played by hdar.py

# The kernel of the DAR would answer a BU with an ICMPv6 error: classic BPF drops what has a
# Destination Options header, behind the tap that hdar.py listens at.
anchor_play() { # N [ADDRESS]: in place of famad, which must be gone; its MODE and STATE are anchor.mode and .json
	run "dar$1" tc qdisc add dev core0 clsact
	run "dar$1" tc filter add dev core0 ingress bpf da bytecode \
		'7,40 0 0 12,21 0 3 34525,48 0 0 20,21 2 0 60,21 1 0 135,6 0 0 0,6 0 0 2'
	: >"$TMP/anchor.mode"
	echo '{"updates":[]}' >"$TMP/anchor.json"
	start "dar$1" anchor.log "$PYTHON" "$HERE/hdar.py" serve core0 "${2:-$(dar_address "$1")}" \
		"$TMP/anchor.mode" "$TMP/anchor.json"
	ANCHOR=$STARTED
	poll 5 "grep -q listening $TMP/anchor.log" || die "an anchor in dar$1"
}

anchor_says() { echo "$*" >"$TMP/anchor.mode.new" && mv "$TMP/anchor.mode.new" "$TMP/anchor.mode"; } # WORD...
anchor_heard() { jq '.updates | length' "$TMP/anchor.json"; }
anchor_last() { jq -c "${1:-.updates[-1]}" "$TMP/anchor.json"; }                       # [FILTER]
anchor_sends() { run core "$PYTHON" "$HERE/hdar.py" inject "$TMP/anchor.json" "$@"; } # WORD...: unasked
