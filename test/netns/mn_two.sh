#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Two nodes of DAR1 talk to each other: one away, both away, behind the same DAR, home again.
. "$(dirname "$0")/domain.sh"
WITH_MN2=1
domain_up 1 2 3
build_udpflow
node_up mn
node_up mn2
hoa1=$(arrive mn 1)
hoa2=$(arrive mn2 1)
is "two keys, two addresses" yes "$([ "$hoa1" != "$hoa2" ] && echo yes)"
udp_start to2 7001 mn "$hoa1" mn2 "$hoa2" 200
udp_start to1 7002 mn2 "$hoa2" mn "$hoa1" 200
udp_advances "both at home: 1 to 2" to2 100
udp_advances "2 to 1" to1 100
start mn2 tcp2.log "$PYTHON" "$HERE/tcpflow.py" listen "$hoa2" 5001 "$TMP/tcp-cn.json" -r 200000
poll 5 "[ -e $TMP/tcp-cn.json ]"
start mn tcp1.log "$PYTHON" "$HERE/tcpflow.py" connect "$hoa2" 5001 "$TMP/tcp-mn.json" --source "$hoa1" -r 200000
TCP=$STARTED
poll 5 "[ -e $TMP/tcp-mn.json ]" || die "TCP from node to node"
tcp_advances "TCP between them"

go_on() { # TEXT: all flows
	udp_advances "$1: 1 to 2" to2 100
	udp_advances "$1: 2 to 1" to1 100
	tcp_advances "$1: TCP"
}

move 2
coa1=$(arrive mn 2)
eventually "1 is away at DAR2" 5 "bound_to mn $hoa1 $coa1"
go_on "one away"
move 3 port2
coa2=$(arrive mn2 3)
eventually "2 is away at DAR3" 5 "bound_to mn2 $hoa2 $coa2"
go_on "both away"
is "D-29 MN to MN: out of one tunnel, into the other, one hop" 63 "$(reply_ttl mn "$hoa2" -I "$hoa1")"
json "two bindings at DAR1, none mixed up" "$(ctl 1 show bindings)" 'map([.hoa, .coa]) | sort' \
	"$(jq -cn --arg a "$hoa1" --arg b "$coa1" --arg c "$hoa2" --arg d "$coa2" '[[$a,$b],[$c,$d]] | sort')"
move 2 port2
coa2=$(arrive mn2 2)
eventually "both at DAR2" 5 "bound_to mn2 $hoa2 $coa2"
go_on "both at DAR2"
is "their new addresses talk natively" 63 "$(reply_ttl mn "$coa2" -I "$coa1")"
move 1
arrive mn 1 >/dev/null
eventually "1 is home" 5 "[ -z \"\$(entry mn $hoa1)\$(bindings_of $hoa1)\" ]"
go_on "1 is home, 2 away"
move 1 port2
arrive mn2 1 >/dev/null
eventually "2 is home" 5 "[ -z \"\$(entry mn2 $hoa2)\$(bindings_of $hoa2)\" ]"
go_on "both are home"
kill -TERM "$TCP"
poll 6 "jq -e .finished $TMP/tcp-mn.json && jq -e .finished $TMP/tcp-cn.json"
json "0 payload errors in TCP" "$(jq -cs . "$TMP/tcp-mn.json" "$TMP/tcp-cn.json")" \
	'[.[] | .finished, .errors] + [.[0].sent == .[1].received, .[1].sent == .[0].received]' \
	'[true,0,true,0,true,true]'
for flow in to1 to2; do
	udp_finish $flow
	json "UDP $flow: none twice, no error" "$UDP" '[.duplicates, .errors]' '[0,0]'
	timed "UDP $flow: 200 ms or less were lost in each of the five moves" "$UDP" '.sent - .received <= 200' true
done
is "no tunnel of address 1 is left at its node, or of address 2 at its" "" \
	"$(tunnels_of mn "$hoa1")$(tunnels_of mn2 "$hoa2")"
finish
