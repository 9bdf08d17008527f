#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# SIGTERM gives the host back as it was; after kill -9 the tunnels go on and the next famad takes them over.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
before=$(host_state mn)
pins() { find "$PINS/mn" 2>/dev/null; }
is "nothing of the node is pinned yet" "" "$(pins)"
node_up mn
hoa=$(arrive mn 1)
tcp_start "$hoa" 200000
move 2
coa=$(arrive mn 2)
eventually "away" 5 "bound_to mn $hoa $coa"
tcp_advances "TCP in the tunnel"
between "programs and maps are pinned" 3 100 "$(pins | wc -l)"

# kill -9
sequence=$(entry mn "$hoa" | jq .sequence)
node_stop mn KILL
tcp_advances "killed: TCP goes on in the tunnel"
is "the address too" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
capture mn wlan0 dead "ip6"
run core "$PYTHON" "$HERE/hdar.py" strange accept,nobad accept,nobad,none accept,nobad,sl=0 --hoa "$hoa" --coa "$coa" \
	--dar 2001:db8:1::1 --sequence 1
is "and reaches the CN" 62 "$(reply_ttl cn "$hoa")"
capture_stop dead
json "the kernel answers no routing header and no Mobility Header" "$(wire mn dead)" \
	'[.[] | select(.out and .kind == "error")]' '[]'
node_up mn
is "a new famad: the same address" "$coa" "$(arrive mn 2)"
json "it took over" "$(node mn show status)" '.adopted'
eventually "the binding is known" 5 "bound_to mn $hoa $coa"
json "with a sequence number not below the last" "$(entry mn "$hoa")" "(.sequence - $sequence + 65536) % 65536 < 32768"
tcp_advances "TCP goes on"
is "no rule twice, no table twice" 2 "$(tunnels_of mn | wc -l)"
is "one default route" 1 "$(ip -n "$WORLD-mn" -6 route show default | wc -l)"
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135"
move 3
coa3=$(arrive mn 3)
eventually "a move after it" 5 "bound_to mn $hoa $coa3 && bound_to mn $coa $coa3"
tcp_advances "TCP goes on"

# kill -9, and the link changes while no agent is there
node_stop mn KILL
move 2
node_up mn
eventually "moved while dead: bound from where it is now" 10 "bound_to mn $hoa $coa"
tcp_advances "TCP goes on"
eventually "address 2 is at home" 5 "[ -z \"\$(entry mn $coa)\$(bindings_of $coa)\" ]"
tcp_finish "0 payload errors over all this"

# SIGTERM, away
node_stop mn
poll 2 "[ -z \"\$(bindings_of $hoa)\" ]"
is "stopped: the DARs have no binding" "" "$(bindings_of "$hoa")$(bindings_of "$coa")$(bindings_of "$coa3")"
is "sysctls, addresses, routes, rules and qdiscs are as before" "" "$(diff <(echo "$before") <(host_state mn))"
is "nothing is pinned" "" "$(pins)"
is "no socket is left" "" "$(ls "$TMP/mn.sock" 2>/dev/null)"
is "the key stays, and nothing else that was not there" "key.pem modifier" \
	"$(ls "$TMP/state/mn" | sort | tr '\n' ' ' | sed 's/ $//')"
json "M-12 no sequence number came twice" "$(capture_stop mn; wire mn mn)" '[.[] | select(.kind == "bu") |
	.problems[] | select(. != "a PHKT that no BA brought")]' '[]'

# a stop without a link, and a start and stop with nothing done
node_up mn
arrive mn 2 >/dev/null
ip -n "$WORLD-sw" link set port down
poll 3 "ip -n $WORLD-mn link show wlan0 | grep -q NO-CARRIER"
node_stop mn
ip -n "$WORLD-sw" link set port up
poll 3 "! ip -n $WORLD-mn link show wlan0 | grep -q NO-CARRIER"
eventually "stopped without a link: as before, too" 3 "[ -z \"\$(diff <(echo \"\$before\") <(host_state mn))\" ]"
is "nothing is pinned" "" "$(pins)"
finish
