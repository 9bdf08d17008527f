#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The way up: only the CoA may send for its HoA; everything else is dropped in silence and counted.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2 3
hoa=$(attach mn 1)
coa2=$(attach mn 2)
bind_ok "bound at DAR1" mn "$hoa"

# what the CN hears on port 7777, as source addresses
start cn heard.log tcpdump -n -l -i eth0 "udp port 7777"
start cn icmp.log tcpdump -n -l -i eth0 "icmp6 and ip6[40] < 128 and not src $CN_ADDRESS"
poll 3 "grep -q listening $TMP/heard.log && grep -q listening $TMP/icmp.log"
heard() { grep -c "IP6 $1.40000 >" "$TMP/heard.log"; }
# spoof NAMESPACE DEVICE OUTER_SOURCE INNER_SOURCE [MORE...]
spoof() {
	run "$1" "$PYTHON" "$HERE/mn.py" -d "$2" spoof --outer-dst 2001:db8:1::1 --outer-src "$3" \
		--inner-src "$4" --inner-dst "$CN_ADDRESS" --port 7777 "${@:5}" >/dev/null
}
refused() { # TEXT REASON ; then as spoof: 5 packets, none heard, 5 more of the reason
	local before text=$1 reason=$2
	before=$(drops 1 "$reason")
	shift 2
	spoof "$@" --count 5
	eventually "$text: counted as $reason" 2 "[ \$(drops 1 $reason) -eq $((before + 5)) ]"
}

spoof mn wlan0 "$coa2" "$hoa"
eventually "D-23 from the CoA it passes" 2 "[ \$(heard $hoa) -eq 1 ]"
refused "D-23 a CoA's neighbour" tunnel_source mn wlan0 2001:db8:2::666 "$hoa"
refused "D-23 from the core" tunnel_source core d1 2001:db8:c1::1 "$hoa"
refused "D-23 from the CN itself" tunnel_source cn eth0 "$CN_ADDRESS" "$hoa"
refused "D-24 an inner source of the prefix that is not bound" not_bound mn wlan0 "$coa2" 2001:db8:1::666
refused "D-24 an inner source of nobody here" not_bound mn wlan0 "$coa2" 2001:db8:99::1
refused "D-24 the CoA as inner source" not_bound mn wlan0 "$coa2" "$coa2"
before=$(drops 1 scope)
run mn "$PYTHON" "$HERE/mn.py" spoof --outer-dst 2001:db8:1::1 --outer-src "$coa2" \
	--inner-src "$hoa" --inner-dst ff0e::7 --port 7777 >/dev/null
eventually "D-31 inner destination multicast: dropped as scope" 2 "[ \$(drops 1 scope) -gt $before ]"

# a move: the old CoA is accepted for its grace of 1 s and not longer (A-22)
attach mn 3 >/dev/null
bind_ok "moved to DAR3" mn "$hoa"
spoof core d1 "$coa2" "$hoa"
eventually "A-22 in-flight packets of the previous CoA pass" 2 "[ \$(heard $hoa) -eq 2 ]"
before=$(drops 1 tunnel_source)
eventually "A-22 but not after a second" 3 \
	"spoof core d1 $coa2 $hoa; [ \$(drops 1 tunnel_source) -gt $before ]"
is "the CN heard nobody but HoA1" "" "$(grep IP6 "$TMP/heard.log" | grep -v "IP6 $hoa.40000")"
is "D-24 nobody was told: no ICMPv6 error" 0 "$(grep -c IP6 "$TMP/icmp.log")"
finish
