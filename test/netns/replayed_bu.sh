#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Recorded BUs come again, in every phase of a binding: none is accepted, none changes anything.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
state() { ctl 1 show bindings | jq -c 'map([.hoa, .coa, .auth, .sequence, .lifetime_s])'; }

bind_ok "BU-CGA" mn "$hoa" --save "$TMP/cga.json"
stamp=$(jq -r .stamp "$TMP/cga.json")
before=$(state)
seen=$(mn replay "$TMP/cga.json")
json "C-60 the same BU-CGA again: 144 without authorization data" "$seen" \
	'[.status, .authenticated, .problems]' '[144,false,[]]'
json "C-61 low 32 bits as sent" "$seen" '.replay[8:16]' "\"${stamp:8:8}\""
high=$((16#${stamp:0:8}))
between "C-61 high word over the last accepted" $((high + 1)) $((high + 10)) \
	"$((16#$(jq -r '.replay[0:8]' <<<"$seen")))"
is "the binding is as it was" "$before" "$(state)"

bind_ok "BU-PHKT" mn "$hoa" --save "$TMP/phkt.json"
before=$(state)
json "C-21 the same BU-PHKT again: 135, authenticated" "$(mn replay "$TMP/phkt.json")" \
	'[.status, .authenticated, .problems]' '[135,true,[]]'
json "C-60 the BU-CGA again: 144" "$(mn replay "$TMP/cga.json")" '.status' 144
is "the binding is as it was" "$before" "$(state)"

bind_ok "a newer BU-PHKT for 100 units" mn "$hoa" --lifetime 100
before=$(state)
json "C-21 the older one does not lengthen it" "$(mn replay "$TMP/phkt.json")" '.status' 135
is "the binding is as it was" "$before" "$(state)"

mn unbind "$hoa" --save "$TMP/dereg.json" >/dev/null
is "de-registered" '[]' "$(state)"
json "A-08 BU-CGA after the de-registration: 144" "$(mn replay "$TMP/cga.json")" '.status' 144
json "C-38 BU-PHKT after the de-registration: 135" "$(mn replay "$TMP/phkt.json")" '.status' 135
json "C-38 BU-DEREG again: 135" "$(mn replay "$TMP/dereg.json")" '.status' 135
is "nothing is bound" '[]' "$(state)"

bind_ok "bound again" mn "$hoa"
before=$(state)
json "the recorded de-registration does not end it: 135" "$(mn replay "$TMP/dereg.json")" '.status' 135
is "the binding is as it was" "$before" "$(state)"
is "and serves" 62 "$(reply_ttl cn "$hoa")"

json "C-60 A-32 a timestamp behind the signed part counts as none: 145" \
	"$(mn bind "$hoa" --auth cga --forge timestamp-behind)" '.status' 145
is "the binding is as it was" "$before" "$(state)"

bind_ok "BU-PHKT" mn "$hoa" --save "$TMP/phkt.json"
older=$((($(binding 1 "$hoa" | jq .sequence) - 10) & 65535))
json "A-25 a node that has lost its state de-registers, signed, with an older number" \
	"$(mn unbind "$hoa" --auth cga --sequence "$older")" '.status' 0
json "T5 the BU-PHKT recorded before is not new again: 147" "$(mn replay "$TMP/phkt.json")" \
	'.status' 147
is "nothing is bound" '[]' "$(state)"
finish
