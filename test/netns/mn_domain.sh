#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The main job: flows of address 1 live through DAR1, DAR2, DAR3 and home again; new ones take the new address.
. "$(dirname "$0")/domain.sh"
MORE_CONFIG='stop: flush'
domain_up 1 2 3
build_udpflow
capture mn wlan0 mn "ip6 and not tcp and not (ip6 proto 41 and ip6[46] = 6)" # the TCP flow is too much to read
node_up mn
hoa=$(arrive mn 1)
tcp_start "$hoa" 500000
udp_start down 7001 cn "$CN_ADDRESS" mn "$hoa" 500
udp_start up 7002 mn "$hoa" cn "$CN_ADDRESS" 500
tcp_advances "TCP opened on address 1"
udp_advances "UDP to address 1" down 300
udp_advances "UDP from address 1" up 300

travel() { # N: to DAR N; its address is left in ADDRESS
	move "$1"
	ADDRESS=$(arrive mn "$1")
	udp_advances "at DAR$1: UDP to address 1 goes on" down 300
	udp_advances "UDP from address 1 too" up 300
	tcp_advances "and TCP, both ways"
	is "M-32 a new flow takes the address of DAR$1" "$ADDRESS" "$(source_of mn)"
	is "and reaches the CN" 62 "$(reply_ttl mn "$CN_ADDRESS")"
	is "one default route" 1 "$(ip -n "$WORLD-mn" -6 route show default | wc -l)"
	is "M-32 every other address is deprecated, none ends" "[[\"$ADDRESS\",4294967295]]" "$(
		ip -n "$WORLD-mn" -6 -j address show dev wlan0 scope global | jq -c '[.[].addr_info[]? | select(.local) |
			select(.preferred_life_time > 0 or .valid_life_time < 4294967295) |
			[.local, .preferred_life_time]]'
	)"
}

travel 2
coa=$ADDRESS
eventually "M-08 DAR1 and the node agree on the binding" 3 "bound_to mn $hoa $coa"
eventually "C-77 its complete BU verified the CoA" 3 "binding 1 $hoa | jq -e '.state == \"verified\"'"
json "M-11 by the PHKT of the signed one" "$(binding 1 "$hoa")" '[.coa, .auth, .state, .lifetime_s]' \
	"[\"$coa\",\"phkt\",\"verified\",86400]"
json "show bul" "$(entry mn "$hoa")" \
	'[.hdar, .coa, .state, .lifetime_s, .phkt, .remaining_s > 86300, .sequence]' \
	"[\"2001:db8:1::1\",\"$coa\",\"bound\",86400,true,true,$(binding 1 "$hoa" | jq .sequence)]"
travel 3
eventually "M-06 M-08 an entry for each HoA and its own DAR" 3 \
	"bound_to mn $hoa $ADDRESS && bound_to mn $coa $ADDRESS"
json "M-11 address 1 is bound with its PHKT" "$(binding 1 "$hoa")" '[.coa, .auth]' "[\"$ADDRESS\",\"phkt\"]"
eventually "C-77 both CoAs are verified" 3 "[ \$(binding 1 $hoa | jq -r .state) = verified ] &&
	[ \$(binding 2 $coa | jq -r .state) = verified ]"
json "and address 2" "$(binding 2 "$coa")" '[.coa, .auth]' "[\"$ADDRESS\",\"phkt\"]"
is "address 2 lives on too" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$coa")"
hoa3=$ADDRESS

travel 1
is "home again: the address is the same" "$hoa" "$ADDRESS"
eventually "M-34 no binding of address 1 is left, at the node or at a DAR" 3 \
	"[ -z \"\$(entry mn $hoa)\$(bindings_of $hoa)\" ]"
is "no rule, route or tunnel of address 1" "" "$(tunnels_of mn "$hoa")"
is "M-35 its duplicate address detection was not run again" "" \
	"$(ip -n "$WORLD-mn" -6 address show tentative | grep "$hoa")"
eventually "addresses 2 and 3 are bound to address 1" 3 "bound_to mn $coa $hoa && bound_to mn $hoa3 $hoa"
capture_stop mn
tcp_finish "TCP over two handovers and the return: 0 payload errors"
for flow in down up; do
	udp_finish $flow
	json "UDP $flow: none twice, the sender saw no error" "$UDP" '[.duplicates, .errors]' '[0,0]'
	timed "UDP $flow: 100 ms or less were lost in each of the three moves" "$UDP" '.sent - .received <= 150' true
done

succeeds "address 2 is dropped" node mn address drop "$coa"
succeeds "address 3 is dropped" node mn address drop "$hoa3"
eventually "then no binding is left at the node or at any DAR" 3 \
	"[ -z \"\$(bindings_of $coa)\$(bindings_of $hoa3)\" ] && [ \$(node mn show bul) = '[]' ]"
is "no rule and no table" "" "$(tunnels_of mn)"
is "one address" "$hoa" "$(ip -n "$WORLD-mn" -6 -j address show dev wlan0 scope global | jq -r '.[].addr_info[]?.local // empty')"
is "address 1 is native" 62 "$(reply_ttl cn "$hoa")"

# what was on the wire
seen=$(wire mn mn | jq -c .)
bus() { # HOA: kinds of its BUs in their order, a retransmission left out
	jq -c "[.[] | select(.kind == \"bu\" and .hoa == \"$1\") |
			[.auth, .lifetime > 0, .hao, .test, .index, .coa]] |
		reduce .[] as \$bu ([]; if .[-1:] == [\$bu] then . else . + [\$bu] end) | map(.[:5])" <<<"$seen"
}
signed='["cga",true,true,true,null]' early='["phkt",true,true,true,null]'
complete='["phkt",true,true,false,65535]' home='["phkt",false,false,false,null]'
is "M-10 M-11 M-34 BUs of address 1: signed, PHKT, PHKT from home; option 15, then index 0xFFFF" \
	"[$signed,$complete,$early,$complete,$home]" "$(bus "$hoa")"
is "BUs of address 2: signed, PHKT" "[$signed,$complete,$early,$complete]" "$(bus "$coa")"
json "M-07 M-12 every BU is right in every octet" "$seen" \
	'[.[] | select(.kind == "bu") | .problems[]]' '[]'
json "every BA is accepted and authenticated" "$seen" \
	'[.[] | select(.kind == "ba") | [.status, .authenticated]] | unique' '[[0,true]]'
json "M-36 a multicast advertisement with override after the BA, for address 1" "$seen" \
	"([.[] | select(.kind == \"ba\" and .hoa == \"$hoa\") | .t] | max) as \$ba |
	 any(.[]; .kind == \"na\" and .out and .t >= \$ba and .target == \"$hoa\" and .override
		and (.solicited | not) and .destination == \"ff02::1\" and .tlla == \"$(mac_of mn)\")"
json "M-34 back home nothing from address 1 left natively before the BU" "$seen" \
	"([.[] | select(.kind == \"bu\" and .hoa == \"$hoa\")] | map(select(.hao)) | .[0].t) as \$away |
	 ([.[] | select(.kind == \"bu\" and .hoa == \"$hoa\" and (.hao | not)) | .t] | min) as \$home |
	 [.[] | select(.out and .kind == \"native\" and .source == \"$hoa\" and .t > \$away and .t < \$home)]" '[]'
json "M-28 up the tunnel: from the CoA to DAR1, with address 1 inside" "$seen" \
	"[.[] | select(.out and .kind == \"tunnel\" and .inner.source == \"$hoa\") |
		[.source, .destination]] | unique" \
	"$(jq -cn --arg a "$coa" --arg b "$hoa3" '[[$a, $b] | sort[] | [., "2001:db8:1::1"]]')"
json "after the last BA for address 1 no tunnel packet of it leaves" "$seen" \
	"([.[] | select(.kind == \"ba\" and .hoa == \"$hoa\") | .t] | max) as \$ba |
	 [.[] | select(.out and .kind == \"tunnel\" and .inner.source == \"$hoa\" and .t > \$ba + 0.01)] | length" 0
json "no ICMPv6 error left the node" "$seen" '[.[] | select(.out and .kind == "error")]' '[]'
is "tshark finds nothing malformed" "" \
	"$(tshark -r "$TMP/mn.pcap" -Y '_ws.malformed or _ws.expert.severity == error' 2>/dev/null | head -n 3)"
between "and knows the Mobility Headers" 12 40 "$(tshark -r "$TMP/mn.pcap" -Y mipv6 2>/dev/null | wc -l)"
finish
