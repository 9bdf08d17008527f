#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Re-plugged without loss of carrier: only Router Advertisements tell that the node has moved.
. "$(dirname "$0")/domain.sh"
domain_up
for n in 1 2 3; do
	write_config $n
	sed -i "s/ra: {mtu: 0}/ra: {mtu: 0, min_interval: 300ms, max_interval: 600ms}/" "$TMP/dar$n.yaml"
	agent_start $n
done
for n in 1 2 3; do agent_ready $n || die "DAR$n"; done
capture mn wlan0 mn "icmp6 or ip6 proto 60 or ip6 proto 43 or ip6 proto 135"
node_up mn
hoa=$(arrive mn 1)
tcp_start "$hoa" 200000
start mn link.log ip -o monitor link
replug() { ip -n "$WORLD-sw" link set port master "br$1"; } # N
tcp_advances "TCP from address 1"

replug 2
coa=$(arrive mn 2)
json "M-05 at DAR2" "[\"$coa\"]" '.[0] | startswith("2001:db8:2:")'
eventually "bound" 5 "bound_to mn $hoa $coa"
tcp_advances "TCP goes on"
is "M-32 a new flow takes the new address" "$coa" "$(source_of mn)"
is "one default route, by DAR2" \
	"$(ip -n "$WORLD-dar2" -6 -j address show dev acc0 scope link | jq -r '.[].addr_info[]?.local // empty') 1" \
	"$(ip -n "$WORLD-mn" -6 -j route show default | jq -r '"\(.[0].gateway) \(length)"')"
replug 3
coa3=$(arrive mn 3)
eventually "M-05 at DAR3: both are bound" 5 "bound_to mn $hoa $coa3 && bound_to mn $coa $coa3"
tcp_advances "TCP goes on"
replug 1
is "M-05 home again: the address is the same" "$hoa" "$(arrive mn 1)"
eventually "M-34 no binding of it" 5 "[ -z \"\$(entry mn $hoa)\$(bindings_of $hoa)\" ]"
tcp_advances "TCP goes on natively"
is "no rule or route of it" "" "$(tunnels_of mn "$hoa")"
tcp_finish "0 payload errors"
is "there was no carrier event" 0 "$(grep -c -E 'NO-CARRIER|state DOWN' "$TMP/link.log")"
json "no ICMPv6 error left the node" "$(wire mn mn)" '[.[] | select(.out and .kind == "error")]' '[]'

# two routers on one link are no reason to go back and forth
capture_stop mn
capture mn wlan0 both "icmp6 or ip6 proto 60 or ip6 proto 43 or ip6 proto 135"
ip -n "$WORLD-sw" link set a2 master br1
ras() { wire mn both | jq "[.[] | select(.kind == \"ra\") | .prefixes[0].address | select(. == \"2001:db8:2::1\")] | length"; }
poll 6 "[ \$(ras) -ge 6 ]"
between "DAR2 joins the link: at most one change of router in six of its RAs" 0 2 \
	"$(grep -c 'event=attached' <(tail -n +"$(($(grep -n 'event=handover' "$TMP/mn.log" | tail -n 1 | cut -d: -f1)))" "$TMP/mn.log"))"
is "packets flow" 62 "$(reply_ttl mn "$CN_ADDRESS")"
finish
