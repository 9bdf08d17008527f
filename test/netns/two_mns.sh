#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Two MNs of DAR1 leave to DAR2 and DAR3 at once: two bindings, two tunnels, nothing mixed up.
. "$(dirname "$0")/topology.sh"
WITH_MN2=1
need_binaries
world_up
agents_up 1 2 3
build_udpflow
hoa1=$(attach mn 1)
hoa2=$(attach mn2 1 port2)
is "both are native" "62 62" "$(reply_ttl cn "$hoa1") $(reply_ttl cn "$hoa2")"
coa1=$(attach mn 2)
coa2=$(attach mn2 3 port2)
mn bind "$hoa1" >"$TMP/ba1" &
mn2 bind "$hoa2" >"$TMP/ba2" &
wait
json "both BUs are accepted" "$(jq -cs . "$TMP/ba1" "$TMP/ba2")" 'map([.status, .problems])' \
	'[[0,[]],[0,[]]]'
json "with different PHKTs" "$(jq -cs . "$TMP/ba1" "$TMP/ba2")" '.[0].phkt != .[1].phkt'
json "two bindings" "$(ctl 1 show bindings)" 'map([.hoa, .coa]) | sort' \
	"$(jq -cn --arg a "$hoa1" --arg b "$coa1" --arg c "$hoa2" --arg d "$coa2" '[[$a,$b],[$c,$d]] | sort')"

start mn recv1.log "$UDPFLOW" recv "$hoa1" 7000 "$TMP/udp1"
start mn2 recv2.log "$UDPFLOW" recv "$hoa2" 7000 "$TMP/udp2"
poll 3 "[ -s $TMP/udp1 ] && [ -s $TMP/udp2 ]"
start cn send1.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa1" 7000 1000
sender1=$STARTED
start cn send2.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa2" 7000 1500
sender2=$STARTED
eventually "both get their flow" 5 \
	"[ \$(received $TMP/udp1) -ge 2000 ] && [ \$(received $TMP/udp2) -ge 3000 ]"
stop "$sender1"
stop "$sender2"
eventually "D-01 flow 1 is complete at MN 1" 3 \
	"[ \$(received $TMP/udp1) = \$(jq .sent $TMP/send1.log) ]"
eventually "D-01 flow 2 is complete at MN 2" 3 \
	"[ \$(received $TMP/udp2) = \$(jq .sent $TMP/send2.log) ]"
json "D-45 each is counted for itself" "$(ctl 1 show bindings)" \
	"[.[] | select(.hoa == \"$hoa1\").downlink_packets == $(received "$TMP/udp1"),
	  select(.hoa == \"$hoa2\").downlink_packets == $(received "$TMP/udp2")]" '[true,true]'

json "another's PHKT does not serve" \
	"$(mn bind "$hoa1" --auth phkt --phkt "$(jq -r .phkt "$TMP/ba2")" --wait 400)" '.answer' null
before=$(drops 1 tunnel_source)
run mn2 "$PYTHON" "$HERE/mn.py" spoof --outer-dst 2001:db8:1::1 --outer-src "$coa2" \
	--inner-src "$hoa1" --inner-dst "$CN_ADDRESS" >/dev/null
eventually "D-23 MN 2 cannot send as MN 1 through its own tunnel" 2 \
	"[ \$(drops 1 tunnel_source) -eq $((before + 1)) ]"
mn unbind "$hoa1" >/dev/null
json "one leaves, the other stays" "$(ctl 1 show bindings)" 'map(.hoa)' "[\"$hoa2\"]"
is "and is served" 62 "$(reply_ttl cn "$hoa2")"
finish
