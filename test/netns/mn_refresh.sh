#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1 grants 4 s: the node refreshes well before the end, with the PHKT, and no packet is lost.
. "$(dirname "$0")/domain.sh"
domain_up 2
build_udpflow
write_config 1
sed -i 's/durability: none}/durability: none, max_lifetime: 4s}/' "$TMP/dar1.yaml"
agent_start 1
agent_ready 1 || die "DAR1 with max_lifetime: 4s"
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6"
node_up mn
hoa=$(arrive mn 1)
move 2
coa=$(arrive mn 2)
eventually "bound" 5 "bound_to mn $hoa $coa"
json "M-17 show bul: what was granted, not what was asked" "$(entry mn "$hoa")" \
	'[.lifetime_s, .remaining_s <= 4]' '[4,true]'
udp_start down 7001 cn "$CN_ADDRESS" mn "$hoa" 200
udp_start up 7002 mn "$hoa" cn "$CN_ADDRESS" 200
udp_advances "UDP to address 1" down 50
udp_advances "UDP from address 1" up 50
bas() { wire mn mn | jq -c "[.[] | select(.kind == \"ba\" and .hoa == \"$hoa\" and .status == 0)]"; }
poll 20 "[ \$(bas | jq length) -ge 8 ]"
for flow in down up; do
	udp_finish $flow
	timed "M-37 UDP $flow: nothing was lost" "$UDP" '[.sent - .received, .duplicates, .errors]' '[0,0,0]'
done
capture_stop mn
seen=$(wire mn mn | jq -c "[.[] | select(.hoa == \"$hoa\")]")
timed "M-37 each refresh left before the 4 s were over, and not before half of them" "$seen" \
	'. as $all | [.[] | select(.kind == "bu" and .auth == "phkt" and .index == null) | .t as $t |
		$t - ([$all[] | select(.kind == "ba" and .t < $t) | .t] | max)] |
	 length >= 3 and all(. > 2 and . < 3.9)' true
json "M-11 signed once, then with the PHKT" "$seen" \
	'[.[] | select(.kind == "bu") | .auth] | [.[0], (.[1:] | unique)]' '["cga",["phkt"]]'
json "M-38 a day is asked for each time" "$seen" '[.[] | select(.kind == "bu") | .lifetime] | unique' '[21600]'
json "M-12 every BU is right in every octet" "$seen" '[.[] | .problems // [] | .[]]' '[]'
json "the DAR still has it, with the PHKT" "$(binding 1 "$hoa")" '[.coa, .auth, .lifetime_s]' "[\"$coa\",\"phkt\",4]"
is "and packets flow" 62 "$(reply_ttl cn "$hoa")"

agent_stop 1 KILL # no refresh is answered now
eventually "the lifetime ends without an answer: the node tunnels no more" 12 \
	"! ping_once mn $CN_ADDRESS -I $hoa"
json "show bul: nothing remains" "$(entry mn "$hoa")" '[.remaining_s, .state == "bound"]' '[0,false]'
finish
