#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A binding is refreshed with its PHKT; a wrong token is met with silence, a lost one with 147.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
coa=$(attach mn 2)
json "C-72 BU-PHKT without a PHKT at the DAR: 147, no authorization data" \
	"$(mn bind "$hoa" --auth phkt --phkt 0102030405060708)" '[.status, .authenticated, .problems]' \
	'[147,false,[]]'
json "C-82 147 changed nothing" "$(ctl 1 show bindings)" . '[]'
bind_ok "BU-CGA for 100 units" mn "$hoa" --lifetime 100
json "400 s granted" "$(binding 1 "$hoa")" '[.auth, .state, .lifetime_s]' '["phkt","verified",400]'
bind_ok "refresh with BU-PHKT, 200 units, same CoA" mn "$hoa" --lifetime 200
json "C-73 authenticated with SHA1(PHKT | 0), no new PHKT" "$BA" \
	'[.authenticated, .phkt, .lifetime]' '[true,null,200]'
json "C-28 the binding has the new time and sequence" "$(binding 1 "$hoa")" \
	'[.auth, .coa, .lifetime_s, .sequence]' "[\"phkt\",\"$coa\",800,$(jq .sent <<<"$BA")]"
json "its time starts anew" "$(binding 1 "$hoa")" '.remaining_s > 790'
is "packets flow" 62 "$(reply_ttl cn "$hoa")"

before=$(binding 1 "$hoa")
json "C-46 a wrong PHKT: no answer" \
	"$(mn bind "$hoa" --auth phkt --phkt 0102030405060708 --wait 400)" '.answer' null
json "C-46 a flipped authenticator: no answer" \
	"$(mn bind "$hoa" --auth phkt --forge authenticator --wait 400)" '.answer' null
json "C-11 an option behind the authenticator: no answer" \
	"$(mn bind "$hoa" --auth phkt --forge after-bad --wait 400)" '.answer' null
json "C-46 no state has changed" "[$before,$(binding 1 "$hoa")]" \
	'map([.coa, .sequence, .lifetime_s]) | .[0] == .[1]'

last=$(jq .sequence <<<"$before")
json "C-21 the last sequence again: 135 with the last one accepted, authenticated" \
	"$(mn bind "$hoa" --auth phkt --sequence "$last")" \
	'[.status, .sequence, .authenticated, .problems]' "[135,$last,true,[]]"
json "C-20 32768 ahead is old" \
	"$(mn bind "$hoa" --auth phkt --sequence $(((last + 32768) & 65535)))" \
	'[.status, .sequence]' "[135,$last]"
bind_ok "C-20 32767 ahead is new" mn "$hoa" --mode none --auth phkt --sequence $(((last + 32767) & 65535))
bind_ok "A-25 a signed BU skips the sequence check" mn "$hoa" --auth cga
json "C-67 and renews the PHKT" "$BA" '.phkt | length' 16
bind_ok "the renewed PHKT serves" mn "$hoa"
bind_ok "C-30 25000 units are cut to 21600" mn "$hoa" --lifetime 25000
json "C-30 86400 s" "$(binding 1 "$hoa")" '.lifetime_s' 86400
json "a CoA that is not the source: 174 (C-17)" \
	"$(mn bind "$hoa" --auth cga --forge alt-coa)" '[.status, .problems]' '[174,[]]'
finish
