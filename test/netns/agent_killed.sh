#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1's agent dies under 10,000 packets/s and comes again: no packet lost, same bindings, no replay.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2 3
build_udpflow
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "bound with BU-CGA" mn "$hoa" --save "$TMP/cga.json"
bind_ok "and refreshed with BU-PHKT" mn "$hoa" --save "$TMP/phkt.json"
what() { ctl 1 show bindings | jq -c 'map([.hoa, .coa, .dar, .state, .auth, .sequence, .lifetime_s])'; }
before=$(what)

start mn udp-recv.log "$UDPFLOW" recv "$hoa" 7000 "$TMP/udp"
receiver=$STARTED
poll 3 "[ -s $TMP/udp ]"
start cn udp-send.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 10000
sender=$STARTED
poll 5 "[ \$(received $TMP/udp) -ge 5000 ]" || die "10,000 packets/s flow"
stop "${AGENT[1]}" KILL
killed=$(received "$TMP/udp")
eventually "C-82 packets flow with a dead agent" 5 "[ \$(received $TMP/udp) -ge $((killed + 10000)) ]"
dead=$(received "$TMP/udp")
agent_start 1
agent_ready 1 || die "a new agent starts on the pins of the dead one"
is "F1 it shows the same bindings" "$before" "$(what)"
json "their time has gone on" "$(binding 1 "$hoa")" '.remaining_s < .lifetime_s'
json "counters were not reset" "$(binding 1 "$hoa")" ".downlink_packets >= $dead"
poll 5 "[ \$(received $TMP/udp) -ge $((dead + 10000)) ]"
stop "$sender"
sent=$(jq .sent "$TMP/udp-send.log")
poll 2 "[ \$(received $TMP/udp) -ge $sent ]"
stop "$receiver"
echo "# $sent sent; $(cat "$TMP/udp-recv.log")"
between "the flow had its rate (packets/s)" 9500 10500 "$(jq .rate "$TMP/udp-send.log")"
is "F1 0 packets lost over kill and restart" "$sent" "$(jq .received "$TMP/udp-recv.log")"
json "F1 none twice" "$(cat "$TMP/udp-recv.log")" '.duplicates' 0
json "no error at the sender" "$(cat "$TMP/udp-send.log")" '.errors' 0

json "C-60 the old BU-CGA is refused: 144" "$(mn replay "$TMP/cga.json")" \
	'[.status, .authenticated]' '[144,false]'
json "C-72 the old BU-PHKT is refused: 147" "$(mn replay "$TMP/phkt.json")" \
	'[.status, .authenticated]' '[147,false]'
is "F1 replays changed nothing" "$before" "$(what)"

attach mn 3 >/dev/null
json "M-22 a handover after it: the PHKT is unknown, 147" "$(mn bind "$hoa")" \
	'[.status, .authenticated, .problems]' '[147,false,[]]'
bind_ok "M-22 so BU-CGA" mn "$hoa" --auth cga
json "bound to the new CoA" "$(binding 1 "$hoa")" '.coa' "$(jq .current "$TMP/mn.json")"
is "and packets arrive there" 62 "$(reply_ttl cn "$hoa")"
bind_ok "with a PHKT that serves" mn "$hoa"

agent_stop 1
is "stop: keep. After a clean stop packets flow" 62 "$(reply_ttl cn "$hoa")"
agent_start 1
agent_ready 1 || die "start after a clean stop"
json "and the binding is adopted" "$(ctl 1 show bindings)" 'map(.hoa)' "[\"$hoa\"]"
finish
