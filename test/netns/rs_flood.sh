#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Router Solicitations within and over their rate: spacing, delay, a flood, the last RA.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
serve() { # RA: famad of dar1 anew, with these settings of `ra`
	[ -z "${AGENT[1]:-}" ] || agent_stop 1
	write_config 1
	sed -i "s/^\( *\)ra: .*/\1ra: {$1}/" "$TMP/dar1.yaml"
	agent_start 1
	agent_ready 1 || die "famad of dar1"
}
rs() { run "$1" "$PYTHON" "$HERE/rs.py" "${@:2}"; }
flood() { # SECONDS MACS: 2,000 RS/s of 400 hosts; few enough for the kernel's neighbour table
	start nb flood.json "$PYTHON" "$HERE/rs.py" eth0 flood 2000 "$1" 400 "$2"
	FLOOD=$STARTED
}

# ---- what one host may, and what is multicast
serve "min_interval: 3s, max_interval: 4s"
start nb ra.json "$PYTHON" "$HERE/nd.py" -a -t 8 eth0 ra
listener=$STARTED
seen=$(rs mn wlan0 burst 40 6.8)
json "T14 of 40 RS at once 10 are answered by unicast" "$seen" '.unicast | length' 10
json "R-09 the first at once" "$seen" '.unicast[0] < 50'
json "R-10 the others wait for one multicast RA; multicast RAs keep 3 s" "$seen" \
	'[.multicast[1:], .multicast[:-1]] | transpose | length > 0 and all(.[0] - .[1] >= 2990)'
is "T14 the 30 over the rate are counted" 30 "$(stat 1 .rs_rate)"
is "none of them was malformed" 0 "$(stat 1 .rs_refused)"
poll 9 "! kill -0 $listener"
json "R-03 R-25 every multicast RA says the same" "$(cat "$TMP/ra.json")" \
	'length >= 2 and (unique | length == 1)'

# ---- strict profile
serve "min_interval: 30s, max_interval: 40s, solicited_delay: 500ms"
seen=$(rs nb eth0 burst 1 3.6)
json "R-09 strict: the answer comes by multicast, delayed by at most 0.5 s" "$seen" \
	'(.unicast | length) == 0 and (.multicast | length) >= 1 and .multicast[0] <= 3500'

# ---- a flood by one host with many addresses
serve "min_interval: 3s, max_interval: 10s"
before=$(stat 1 .rs_rate)
flood 14 1
seen=$(rs mn wlan0 ask 100 120)
json "T14 one node floods 2,000 RS/s with 400 addresses: the honest host is answered, p99 <= 50 ms" \
	"$seen" '.asked == 100 and .p99_ms <= 50'
poll 16 "! kill -0 $FLOOD"
sent=$(jq .sent "$TMP/flood.json")
between "T14 all but 10 a second of them are counted" $((sent * 9 / 10)) "$sent" \
	$(($(stat 1 .rs_rate) - before))

# ---- a flood by many hosts: no host is over its rate, the link is
serve "min_interval: 30ms, max_interval: 70ms"
before=$(stat 1 .rs_rate)
flood 14 400
seen=$(rs mn wlan0 ask 100 120)
json "T14 400 nodes flood 2,000 RS/s: the honest host is answered, p99 <= 50 ms" "$seen" \
	'.asked == 100 and .p99_ms <= 50'
poll 16 "! kill -0 $FLOOD"
sent=$(jq .sent "$TMP/flood.json")
between "T14 what is over 200 a second on the link is counted" $((sent * 8 / 10)) "$sent" \
	$(($(stat 1 .rs_rate) - before))
flood 4 400
seen=$(rs mn wlan0 burst 1 3)
json "R-10 multicast RAs keep the distance also now" "$seen" \
	'[.multicast[1:], .multicast[:-1]] | transpose | length > 20 and all(.[0] - .[1] >= 25)'
poll 6 "! kill -0 $FLOOD"

# ---- the end
start nb last.json "$PYTHON" "$HERE/nd.py" -a -t 3 eth0 ra
listener=$STARTED
agent_stop 1
poll 5 "! kill -0 $listener"
json "R-11 stop: keep withdraws nothing" "$(cat "$TMP/last.json")" \
	'map(select(.router_lifetime_s == 0)) | length' 0
MORE_CONFIG="stop: flush"
unset "AGENT[1]"
serve "min_interval: 3s, max_interval: 10s"
start nb last.json "$PYTHON" "$HERE/nd.py" -a -t 3 eth0 ra
listener=$STARTED
poll 2 "grep -q . /proc/$listener/net/packet && [ \$(wc -l </proc/$listener/net/packet) -ge 2 ]"
agent_stop 1
poll 5 "! kill -0 $listener"
json "R-11 stop: flush ends with one RA of router lifetime 0, three at most" \
	"$(cat "$TMP/last.json")" 'map(select(.router_lifetime_s == 0)) | length | . >= 1 and . <= 3'
finish
