#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# coa_test: none, the draft's figure 4: two messages, the CoA is believed; stronger modes work as well.
. "$(dirname "$0")/topology.sh"
SECURITY='coa_test: none'
need_binaries
world_up
agents_up 1 2 3
build_udpflow
hoa=$(attach mn 1)
coa=$(attach mn 2)
state() { binding 1 "$hoa" | jq -c '[.coa, .state, .auth]'; }
bind_ok "8.1 a signed early BU and its BA are all" mn "$hoa" --mode none
json "no option 16 unasked" "$BA" '.options' '[10,14,5]'
is "contract 4.1: verified" "[\"$coa\",\"verified\",\"cga\"]" "$(state)"

start mn recv.log "$UDPFLOW" recv "$hoa" 7000 "$TMP/udp"
poll 3 "[ -s $TMP/udp ]"
start cn send.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 1000 1000
sender=$STARTED
eventually "no credit applies: 1000 packets of 1 kB flow" 5 "[ \$(received $TMP/udp) -ge 1000 ]"
stop "$sender"
is "none was dropped for credit" 0 "$(drops 1 credit)"

coa=$(attach mn 3)
bind_ok "8.1 a BU-PHKT early" mn "$hoa" --mode none
is "verified" "[\"$coa\",\"verified\",\"phkt\"]" "$(state)"
coa=$(attach mn 2)
bind_ok "8.1 the MN may use a stronger mode: CoTI and CoT" mn "$hoa" --mode require
is "verified" "[\"$coa\",\"verified\",\"phkt\"]" "$(state)"
attach mn 3 >/dev/null
bind_ok "8.1 option 15 is no error" mn "$hoa"
json "C-55 a given index must still be known: 137" "$(mn bind "$hoa" --index 4711 --token 0102030405060708)" \
	'[.status, .authenticated, .problems]' '[137,false,[]]'
json "C-46 and its token right: silence" \
	"$(mn bind "$hoa" --index "$(mn coti "$hoa" | jq .index)" --token 0102030405060708 --wait 300)" '.answer' null
finish
