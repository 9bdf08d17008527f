#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1 forgets the PHKT, or is silent: the node proves its address anew, and the binding lives on.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6"
node_up mn
hoa=$(arrive mn 1)
move 2
coa=$(arrive mn 2)
eventually "bound and verified" 5 "bound_to mn $hoa $coa && binding 1 $hoa | grep -q '\"verified\"'"
bus() { # NUMBER: the early BUs of address 1 from that one on
	wire mn mn | jq -c "[.[] | select(.kind == \"bu\" and .hoa == \"$hoa\" and .index == null)] | .[$1:]"
}
kinds() { bus "$1" | jq -c 'map([.auth, .coa[9:10]])'; }

agent_stop 1 KILL
agent_start 1
agent_ready 1 || die "DAR1 comes again"
is "DAR1 was killed and started: the tunnel is there" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
before=$(bus 0 | jq length)
move 3
coa=$(arrive mn 3)
eventually "M-22 the move is bound" 5 "bound_to mn $hoa $coa"
is "M-11 M-22 a BU with the PHKT, and after the 147 a signed one" '[["phkt","3"],["cga","3"]]' "$(kinds "$before")"
json "the answers were 147 without proof, then 0" \
	"$(wire mn mn | jq -c "[.[] | select(.kind == \"ba\" and .hoa == \"$hoa\" and .options != [5])] | .[-2:]")" \
	'map([.status, .authenticated])' '[[147,false],[0,true]]'
timed "M-22 the answer to a 147 took less than a second" "$(bus "$before")" '.[1].t - .[0].t < 1' true
is "packets flow" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"

before=$(bus 0 | jq length)
agent_stop 1 KILL
move 2
coa=$(arrive mn 2)
poll 8 "[ \$(bus $before | jq length) -ge 3 ]"
is "M-11 two unanswered BUs with the PHKT, then a signed one" \
	'[["phkt","2"],["phkt","2"],["cga","2"]]' "$(kinds "$before" | jq -c '.[:3]')"
timed "M-14 a refresh waits 1 s, then 2 s" "$(bus "$before")" \
	'[.[1].t - .[0].t, .[2].t - .[1].t] | [.[0] > 0.95, .[0] < 1.7, .[1] > 1.9, .[1] < 2.8]' \
	'[true,true,true,true]'
json "the binding is not given up for it" "$(entry mn "$hoa")" '[.hoa, .remaining_s > 86000]' "[\"$hoa\",true]"
agent_start 1
agent_ready 1 || die "DAR1 comes a third time"
eventually "DAR1 is back: bound to the new address" 10 "bound_to mn $hoa $coa"
is "packets flow again" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
move 3
coa=$(arrive mn 3)
eventually "the next move" 5 "bound_to mn $hoa $coa"
is "M-11 needs the PHKT alone" '[["phkt","3"]]' "$(bus 0 | jq -c '.[-1:] | map([.auth, .coa[9:10]])')"
capture_stop mn
json "M-12 M-13 every BU is right in every octet" \
	"$(wire mn mn | jq -c '[.[] | select(.kind == "bu")]')" '[.[].problems[]]' '[]'
finish
