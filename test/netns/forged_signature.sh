#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every wrong signed BU of protocol 11.3 meets its status or its silence, and binds nothing.
# Most of these HoAs were never on a link: require_seen, tested in require_seen.sh, is off here.
. "$(dirname "$0")/topology.sh"
SECURITY='require_seen: false'
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null

# FORGERY STATUS TEXT
forge() {
	json "$3" "$(mn bind "$hoa" --auth cga --forge "$1")" '[.status, .problems]' "[$2,[]]"
}
silent() { json "$2" "$(mn bind "$hoa" --auth cga --forge "$1" --wait 300)" '.answer' null; }

forge signature 148 "C-62 a bit of the signature: 148"
forge signed-by-other 148 "C-59 signed with another key: 148"
forge own-key 148 "C-58 a good proof of another address: 148"
forge hoa-iid 148 "C-58 a bit of the HoA's identifier: 148"
forge hoa-prefix 132 "C-26 a bit of the HoA's prefix: 132"
forge alt-coa 174 "C-17 option 3 is not the source: 174"
forge modifier 148 "C-58 a bit of the modifier: 148"
forge params-prefix 148 "C-58 the prefix in the parameters: 148"
forge collision-3 148 "C-58 collision count 3: 148"
forge sig-before-params 148 "C-57 option 13 before 12: 148"
forge pad-between 148 "C-57 padding between 12 and 13: 148"
forge no-signature 148 "C-57 no option 13: 148"
forge short-chunk 148 "C-56 a first chunk that is not 255 octets: 148"
forge no-h 129 "C-78 H cleared: 129"
forge short-key 129 "C-65 RSA-768: 129"
forge big-exponent 129 "C-65 exponent over 65537: 129"
forge no-timestamp 145 "C-60 no replay option: 145"
silent careof-no-bad "step 8: a nonce index without authenticator in a signed BU: silence"
silent bad-no-careof "step 8: an authenticator without nonce index in a signed BU: silence"
silent no-alt-coa "C-17 lifetime without option 3: silence"
silent two-timestamps "an option twice: silence"
silent checksum "C-01 checksum: silence"
seen=$(mn bind "$hoa" --auth cga --forge proto-6 --wait 300)
json "C-04 C-05 payload proto 6: no BA, at most a Parameter Problem" "$seen" \
	'.answer == null or (.answer == "icmp" and .type == 4 and .code == 0)'
seen=$(mn bind "$hoa" --auth cga --forge hdrlen-short --wait 300)
json "C-06 C-05 Header Len under the minimum: no BA" "$seen" \
	'.answer == null or (.answer == "icmp" and .type == 4 and .code == 0)'
silent hdrlen-beyond "C-13 Header Len beyond the packet: silence"
seen=$(mn bind "$hoa" --auth cga --forge unknown-type --wait 300)
json "C-07 C-09 unknown MH type: Binding Error 2 with the HoA" "$seen" \
	'[.answer, .status, .hoa]' "[\"be\",2,\"$hoa\"]"
json "nothing is bound" "$(ctl 1 show bindings)" . '[]'
succeeds "the agent lives" ctl 1 show status

json "C-60 a time 60 s ago: 144" "$(mn bind "$hoa" --auth cga --timestamp-offset -60)" \
	'[.status, .authenticated, .problems]' '[144,false,[]]'
json "step 16: a wrong signature is told first, 148, before any clock" \
	"$(mn bind "$hoa" --auth cga --forge signature --timestamp-offset -60)" '[.status, .problems]' '[148,[]]'
json "C-58 so is a wrong CGA" \
	"$(mn bind "$hoa" --auth cga --forge modifier --timestamp-offset -60)" '[.status, .problems]' '[148,[]]'
seen=$(mn bind "$hoa" --auth cga --timestamp-offset 60)
now=$(($(date +%s) + 2208988800))
json "C-61 144 carries the own seconds, and the low 32 bits as sent" "$seen" '.status' 144
between "C-61 own seconds in the high word" $((now - 2)) $((now + 2)) \
	"$((16#$(jq -r '.replay[0:8]' <<<"$seen")))"
bind_ok "after all that the right one is accepted" mn "$hoa"
is "and serves" 62 "$(reply_ttl cn "$hoa")"
finish
