#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# address: cga. The DAR proves its own address to those who ask; the real MN insists on it.
. "$(dirname "$0")/domain.sh"
OWN_ADDRESS=cga MORE_CONFIG='stop: flush' WITH_MN2=1
domain_up 1 2 3
own() { ctl "$1" show prefixes | jq -r '.[0].address'; }
dar1=$(own 1)
verify() { # ADDRESS: the identifier has the bits of a CGA of Sec 0 to 2
	"$PYTHON" -c "import ipaddress, sys
iid = ipaddress.ip_address(sys.argv[1]).packed[8:]
sys.exit(not (iid[0] >> 5 <= 2 and iid[0] & 3 == 0))" "$1"
}
succeeds "R-21 the DAR's address is a CGA" verify "$dar1"
json "R-21 each DAR has another identifier" "[\"$dar1\",\"$(own 2)\"]" 'map(split(":")[-4:]) | .[0] != .[1]'
run mn sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.wlan0.accept_dad=0

# the tests' own MN asks
seen=$(mn attach)
hoa=$(jq -r .address <<<"$seen")
is "R-02 the RA's PIO carries it" "$dar1" "$(jq -r .dar <<<"$seen")"
attach mn 2 >/dev/null
bind_ok "C-74 BU-CGA with option 11" mn "$hoa"
json "C-74 A-07 answered with options 12 and 13, behind 14 and 16, which the signature covers" "$BA" \
	'[.dar_proof, (.options | map(select(. != 12)))]' '[true,[10,14,16,13,5]]'
json "C-74 the BA to the complete BU has none, as it did not ask" "$BA" '[.complete.dar_proof, .complete.options]' '[null,[5]]'
bind_ok "a signed BU without option 11" mn "$hoa" --auth cga --no-request
json "C-74 is answered without a proof" "$BA" '[.dar_proof, .options]' '[null,[10,14,16,5]]'
json "C-74 a BU-PHKT may ask as well" \
	"$(mn bind "$hoa" --auth phkt --mode none --forge ask-proof --save "$TMP/asks")" \
	'[.status, .dar_proof]' '[0,true]'
queued=$(stat 1 .signatures_queued)
between "C-66 it has waited for its turn for RSA" 1 1000 "$queued"
json "C-21 recorded and sent again it is refused" "$(mn replay "$TMP/asks")" .status 135
is "C-66 and takes no place in the queue of those that wait for RSA" "$queued" "$(stat 1 .signatures_queued)"
json "8.4 A-26 144 is signed too, so that an MN may correct its clock" \
	"$(mn bind "$hoa" --auth cga --timestamp-offset 60)" '[.status, .dar_proof, .problems]' '[144,true,[]]'
json "8.4 so is a signed de-registration" "$(mn unbind "$hoa" --auth cga)" \
	'[.status, .dar_proof, .problems]' '[0,true,[]]'
counted "show stats counts them" 1 .ba_signed mn bind "$hoa" --auth cga
mn unbind "$hoa" >/dev/null
stop "${AGENT[1]}" KILL
agent_start 1
agent_ready 1 || die "restart"
is "R-21 R-03 the address is the same after a restart" "$dar1" "$(own 1)"
is "its key is not for others" 700 "$(command stat -c %a "$TMP/state/dar1")"
poll 9 "[ \"\$(mn bind $hoa --auth cga | jq .status)\" = 0 ]"
bind_ok "C-74 and is proven with the same key" mn "$hoa" --auth cga
json "C-74 it is" "$BA" '.dar_proof'
mn unbind "$hoa" >/dev/null

# the real MN, which learns that DAR1 is a CGA, and then a stranger in DAR1's place
move 1 port2
node_up mn2
hoa=$(arrive mn2 1)
move 2 port2
coa=$(arrive mn2 2)
eventually "the real MN binds at the DAR that is a CGA" 5 "bound_to mn2 $hoa $coa"
agent_stop 1
ip -n "$WORLD-dar1" address replace "$dar1/64" dev acc0 nodad
anchor_play 1 "$dar1"
anchor_says accept,status=147,nobad
bind_count() { anchor_last '[.updates[] | select(.auth == "cga" and .lifetime > 0)] | length'; }
move 3 port2
arrive mn2 3 >/dev/null
eventually "it is made to sign again" 8 "[ \$(bind_count) -ge 1 ]"
anchor_says accept,proof,token accept,token accept
json "8.9 a signed BU has option 11" "$(anchor_last '.updates | map(select(.auth == "cga")) | .[-1].options')" \
	'index(11) != null'
before=$(bind_count)
eventually "M-21 8.9 a wrong proof, and none where one is known: it asks again" 10 "[ \$(bind_count) -ge $((before + 2)) ]"
json "M-21 8.9 and is not bound by them" "$(entry mn2 "$hoa")" '.state != "bound"'
anchor_says
stop "$ANCHOR"
finish
