#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# coa_test: concurrent, the default. Option 15, option 16, complete BU; until then the CoA is unverified.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2 3
hoa=$(attach mn 1)
coa2=$(attach mn 2)
state() { binding 1 "$hoa" | jq -c '[.coa, .state, .auth]'; }
silent() { json "$1" "$(mn bind "$hoa" --wait 300 "${@:2}")" '.answer' null; }
refused() { json "$1" "$(mn bind "$hoa" "${@:2}")" '[.status, .authenticated, .problems]' '[137,false,[]]'; }

refused "A-09 index 0xFFFF before any binding: 137" --index 65535 --token 0102030405060708
bind_ok "C-77 option 15 in a signed BU" mn "$hoa" --no-complete
first=$(jq -r .careof <<<"$BA")
json "C-77 brings option 16 behind the PHKT, the authenticator last" "$BA" '.options' '[10,14,16,5]'
is "C-77 the CoA is unverified" "[\"$coa2\",\"unverified\",\"cga\"]" "$(state)"
is "2.6 first packets flow on credit" 62 "$(reply_ttl cn "$hoa")"
silent "C-46 index 0xFFFF with a wrong token: silence" --index 65535 --token 0102030405060708
is "still unverified" "[\"$coa2\",\"unverified\",\"cga\"]" "$(state)"
refused "C-55 an index that was never given: 137" --index 4711 --token "$first"
silent "A-04 a home nonce index: silence" --index 65535 --token "$first" --home 1
bind_ok "C-77 the complete BU with the token" mn "$hoa" --index 65535 --token "$first"
json "C-77 no option 16 for who did not ask" "$BA" '[.careof, .options]' '[null,[5]]'
is "C-77 verifies the CoA" "[\"$coa2\",\"verified\",\"phkt\"]" "$(state)"
bind_ok "an early BU for the same CoA" mn "$hoa" --no-complete
is "step 20: VERIFIED is kept while the CoA stays the same" "[\"$coa2\",\"verified\",\"phkt\"]" "$(state)"
second=$(jq -r .careof <<<"$BA")
json "A-09 each early BU gets a token of its own" "[\"$first\",\"$second\"]" '.[0] != .[1]'
silent "A-09 the one before it is void" --index 65535 --token "$first"

coa3=$(attach mn 3)
refused "A-09 after a move, before the early BU, the token is of another CoA: 137" --index 65535 --token "$second"
bind_ok "C-77 moved: an early BU without option 15 is accepted" mn "$hoa" --mode none
is "C-77 8.1 and unverified for good" "[\"$coa3\",\"unverified\",\"phkt\"]" "$(state)"
json "no option 16 unasked" "$BA" '.careof' null
refused "A-09 the token of the old CoA went with it: 137" --index 65535 --token "$second"
bind_ok "C-77 the whole exchange" mn "$hoa"
is "C-77 verified" "[\"$coa3\",\"verified\",\"phkt\"]" "$(state)"

attach mn 2 >/dev/null
bind_ok "8.1 the stronger CoTI and CoT serve here too" mn "$hoa" --mode require
is "and verify at once" "[\"$coa2\",\"verified\",\"phkt\"]" "$(state)"
attach mn 3 >/dev/null
bind_ok "8.1 also in a signed BU" mn "$hoa" --mode require --auth cga
is "verified" "[\"$coa3\",\"verified\",\"cga\"]" "$(state)"
bind_ok "an early BU again" mn "$hoa" --no-complete
third=$(jq -r .careof <<<"$BA")
json "de-registered" "$(mn unbind "$hoa")" '[.status, .problems]' '[0,[]]'
refused "A-09 the token goes with the binding: 137" --index 65535 --token "$third"
json "C-55 nothing is bound" "$(ctl 1 show bindings)" . '[]'
attach mn 2 >/dev/null
bind_ok "A-10 bound again with the PHKT" mn "$hoa"
is "verified" "[\"$coa2\",\"verified\",\"phkt\"]" "$(state)"
for secret in "$first" "$second" "$third" "$(jq -r ".addresses[\"$hoa\"].phkt" "$TMP/mn.json")"; do
	is "C-80 T19 a token of 8 octets is in no log" 16-0 "${#secret}-$(cat "$TMP"/dar*.log | grep -c "$secret")"
done
finish
