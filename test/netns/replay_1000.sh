#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# T4: 1,000 captured BUs, signed and with PHKT, of 500 CoAs come again in every phase: 0 are accepted.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
far_away 2001:dc0::/32
agents_up 1
mac=$(core_mac 1)
herd cn make "$TMP/herd" 20 2001:db8:1:: --keys 20 >/dev/null
herd nb announce "$TMP/herd" eth0 >/dev/null
register() { herd core bind "$TMP/herd" d1 "$mac" 2001:db8:1::1 "$@"; }
state() { ctl 1 show bindings | jq -c 'map([.hoa, .coa, .state, .auth, .sequence, .lifetime_s]) | sort'; }
again() { # TEXT FILE: none is accepted, all were looked at, nothing has changed
	local before punted seen
	before=$(state) punted=$(stat 1 .punted)
	seen=$(herd core replay "$2" d1 "$mac" 600)
	echo "# $seen"
	json "T4 $1: 0 accepted" "$seen" '.accepted' 0
	is "T4 $1: all reached the agent" "$(jq .sent <<<"$seen")" $(($(stat 1 .punted) - punted))
	is "T4 $1: the bindings are as they were" "$before" "$(state)"
}

seen=$(register --rounds 25 --auth mixed --save "$TMP/captured")
json "1,000 BUs of 500 CoAs, each accepted once" "$seen" '[.packets, .bound, .statuses, .problems]' \
	'[1000,500,{"0":1000},[]]'
json "20 more with the PHKT of now" "$(register --auth phkt --coa-base 900 --early --save "$TMP/phkt")" '.bound' 20
json "after a refresh" "$(register --coa-base 1000)" '.bound' 20
again "C-60 C-21 after a refresh" "$TMP/captured"
again "C-21 after a refresh, those under the same PHKT" "$TMP/phkt"

json "de-registered, all" "$(register --lifetime 0)" '.statuses' '{"0":20}'
again "C-38 A-08 after the de-registration" "$TMP/captured"
again "C-38 A-10 those under the same PHKT" "$TMP/phkt"

json "bound for 4 s" "$(register --lifetime 1 --coa-base 2000)" '.bound' 20
eventually "C-32 until they end" 8 "[ \"\$(ctl 1 show bindings)\" = '[]' ]"
again "C-22 C-60 after the expiry" "$TMP/captured"

json "bound once more" "$(register --auth cga --coa-base 3000 --save "$TMP/fresh")" '.bound' 20
stop "${AGENT[1]}" KILL
agent_start 1
agent_ready 1 || die "a new agent starts on the pins of the dead one"
json "F1 the bindings are adopted" "$(ctl 1 show bindings)" length 20
again "8.8 those just sent, after kill -9 and restart" "$TMP/fresh"
again "C-82 8.8 after kill -9 and restart" "$TMP/captured"

register --auth cga --coa-base 4000 --save "$TMP/fresh" >/dev/null
stop "${AGENT[1]}" KILL
rm -rf "${PINS:?}/dar1"
agent_start 1
agent_ready 1 || die "a new agent starts without pins"
herd nb announce "$TMP/herd" eth0 >/dev/null
json "without pins nothing is bound" "$(ctl 1 show bindings)" . '[]'
again "8.8 those just sent, after the loss of the pins" "$TMP/fresh"
again "8.8 after the loss of the pins" "$TMP/captured"
poll 9 "register --auth cga --count 1 --coa-base 5000 | jq -e '.bound == 1'"
json "M-22 the honest recover by signed BUs" "$(register --auth cga --coa-base 5001)" '[.bound, .problems]' '[20,[]]'
again "C-60 and the captured ones are refused still" "$TMP/captured"
finish
