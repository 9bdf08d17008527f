#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ICMPv6 errors about tunnel packets: the true ones teach and are relayed, the false ones do nothing.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "away" mn "$hoa"
coa=$(jq -r .current "$TMP/mn.json")
error() { # COA TYPE CODE VALUE [OCTETS]: from the core router to DAR1
	run core "$PYTHON" "$HERE/tunnel_error.py" d1 2001:db8:c1::1 2001:db8:1::1 "$1" "$hoa" \
		"$CN_ADDRESS" "$2" "$3" "$4" "${5:-1400}"
}
stat() { ctl 1 show stats | jq ".$1"; }
path_mtu() { # as the programs see it
	bpftool -j map dump pinned "$PINS/dar1/maps/bindings" |
		jq '.[0].formatted.value.path_mtu'
}
start cn icmp.log tcpdump -n -v -l -i eth0 "icmp6 and ip6[40] < 5"
poll 3 "grep -q listening $TMP/icmp.log"

refused() { # TEXT COA
	local before
	before=$(stat tunnel_errors_refused)
	error "$2" 2 0 1280
	eventually "T16 $1: refused" 2 "[ \$(stat tunnel_errors_refused) -eq $((before + 1)) ]"
	is "T16 $1: nothing learnt" 0 "$(path_mtu)"
}
refused "quoting another CoA" 2001:db8:2::77
refused "quoting ::, which is no previous CoA" ::
is "T16 the CN was told nothing" "" "$(grep 2001:db8 "$TMP/icmp.log")"

error "$coa" 1 0 0
eventually "D-18 no route to the CoA: the CN is told address unreachable" 2 \
	"grep -q 'unreachable address' $TMP/icmp.log"
error "$coa" 3 0 0
eventually "D-18 so it is by Time Exceeded" 2 \
	"[ \$(grep -c 'unreachable address' $TMP/icmp.log) -eq 2 ]"
error "$coa" 4 0 6
poll 1 "[ \$(stat tunnel_errors) -eq 3 ]"
is "D-18 but not by a Parameter Problem elsewhere" 3 "$(stat tunnel_errors)"
is "nor are they taken for Packet Too Big" 0 "$(path_mtu)"
error "$coa" 2 0 1400
eventually "D-15 Packet Too Big teaches" 2 "[ \$(path_mtu) -eq 1400 ]"
eventually "D-19 and is relayed, 40 octets less" 2 "grep -q 'too big, mtu 1360' $TMP/icmp.log"
error "$coa" 2 0 1450
poll 1 "[ \$(stat tunnel_errors) -eq 5 ]"
is "D-15 but never upwards" 1400 "$(path_mtu)"
is "address unreachable was not said again" 2 "$(grep -c 'unreachable address' "$TMP/icmp.log")"

# the DAR's own packets, when its uplink is the narrow one
ip -n "$WORLD-dar1" link set core0 mtu 1380
bind_ok "a refresh looks at the route again" mn "$hoa" --auth cga
run dar1 ping -6 -n -c 1 -W 1 -M do -s 1320 "$hoa" >"$TMP/own.out" 2>&1
if grep -q 'mtu[=:] *1340' "$TMP/own.out"; then
	ok "D-12 1368 octets of the DAR over an uplink of 1380: it is told 1340"
else
	not_ok "D-12 1368 octets of the DAR over an uplink of 1380: it is told" "mtu=1340" \
		"$(cat "$TMP/own.out")"
fi
finish
