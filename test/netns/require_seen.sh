#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# T9: an address that never was on its access link cannot be registered, however well it is proven.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
build_blast
far_away 2001:dc0::/32
agents_up 1 2
mac=$(core_mac 1)
herd cn strangers "$TMP/strangers" --prefix 2001:db8:1:: --dar 2001:db8:1::1 --count 10000 >/dev/null
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "an honest MN, which was seen when it attached" mn "$hoa"

before=$(stat 1 .bu_refused.not_seen) checked=$(stat 1 .signature_checks)
start core blast.log "$BLAST" d1 "$mac" "$TMP/strangers" 3000
blasting=$STARTED
poll 3 "[ \$(stat 1 .bu_refused.not_seen) -gt $((before + 1000)) ]"
bind_ok "T9 the honest MN is served meanwhile" mn "$hoa"
poll 10 "! kill -0 $blasting"
eventually "T9 10,000 self-made CGAs: each is refused as not seen" 3 \
	"[ \$(stat 1 .bu_refused.not_seen) -eq $((before + 10000)) ]"
is "T9 before any signature is checked" "$checked" "$(stat 1 .signature_checks)"
json "T9 0 of them are bound" "$(ctl 1 show bindings)" 'map(.hoa)' "[\"$hoa\"]"

# what counts as seen
herd cn make "$TMP/herd" 3 2001:db8:1:: --keys 3 >"$TMP/made"
member() { jq -r ".hoas[$1]" "$TMP/made"; }
try() { herd core bind "$TMP/herd" d1 "$mac" 2001:db8:1::1 --first "$1" --count 1 --auth cga --coa-base "$((RANDOM + 100))"; }
json "step 7: a proven HoA never seen: 129" "$(try 0)" '[.statuses, .problems]' '[{"129":1},[]]'
herd core announce "$TMP/herd" d1 >/dev/null
json "a DAD probe on a core link is none of the access link: 129" "$(try 0)" '.statuses' '{"129":1}'
run core "$PYTHON" "$HERE/mn.py" -d d1 spoof --outer-dst 2001:db8:1::1 --outer-src "$(member 0)" \
	--inner-src "$(member 0)" --inner-dst "$CN_ADDRESS" >/dev/null
json "nor is a packet with that source from there: 129" "$(try 0)" '.statuses' '{"129":1}'
herd nb announce "$TMP/herd" eth0 --count 1 >/dev/null
json "after a DAD probe on the link: accepted" "$(try 0)" '[.bound, .problems]' '[1,[]]'
json "another address of that host is not meant by it: 129" "$(try 1)" '.statuses' '{"129":1}'
ip -n "$WORLD-nb" address add "$(member 1)/64" dev eth0 nodad
ping_once nb 2001:db8:1::1 -I "$(member 1)" >/dev/null
json "after native traffic: accepted" "$(try 1)" '.bound' 1
json "the prefix of another link does not help: 129" "$(try 2)" '.statuses' '{"129":1}'

# the record lives on
herd nb announce "$TMP/herd" eth0 --first 2 --count 1 >/dev/null
stop "${AGENT[1]}" KILL
agent_start 1
agent_ready 1 || die "restart"
poll 9 "try 2 | jq -e '.bound == 1'"
json "the seen record survives kill -9 and restart" "$(binding 1 "$(member 2)")" '.hoa' "\"$(member 2)\""
agent_stop 1
agent_start 1
agent_ready 1 || die "clean restart"
bind_ok "and a clean restart" mn "$hoa" --auth cga
finish
