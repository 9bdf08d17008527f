#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ICMPv6 Parameter Problem and Binding Error, octet for octet, and their rates.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
build_blast
far_away 2001:dc0::/32
agents_up 1 2
hoa=$(attach mn 1)
coa=$(attach mn 2)
quotes() { # TEXT POINTER FORGERY: the answer to a BU, and what was sent
	local seen
	seen=$(mn bind "$hoa" --auth cga --forge "$3" --save "$TMP/sent.json")
	json "$1: Parameter Problem code 0, pointer $2, from the DAR's address" "$seen" \
		'[.answer, .type, .code, .pointer, .from, .checksum_ok]' "[\"icmp\",4,0,$2,\"2001:db8:1::1\",true]"
	json "$1: it quotes the packet as it came, over two routers" "[$seen,$(cat "$TMP/sent.json")]" \
		'.[0].quoted == .[1].packet[:14] + "3e" + .[1].packet[16:]'
	json "$1: and is over nothing else" "$seen" '.octets == (.quoted | length / 2) + 48'
}
quotes "C-04 C-05 payload proto 6" 64 proto-6
quotes "C-05 C-06 Header Len under the minimum" 65 hdrlen-short
json "C-13 Header Len beyond the packet: silence, and no guess" \
	"$(mn bind "$hoa" --auth cga --forge hdrlen-beyond --wait 300)" '.answer' null
bare() { # NAME: without a Home Address option; the Mobility Header begins at 40
	mn probe "$1" "$hoa" --wait 1000
}
json "C-05 without HAO: pointer 40 for the payload proto" "$(bare bare-proto)" \
	'[.answer, .type, .code, .pointer]' '["icmp",4,0,40]'
json "C-05 and 41 for the Header Len" "$(bare bare-hdrlen)" '[.answer, .type, .code, .pointer]' '["icmp",4,0,41]'
json "C-07 C-09 unknown MH type with HAO: Binding Error 2 with the HoA" \
	"$(mn bind "$hoa" --auth cga --forge unknown-type)" '[.answer, .status, .hoa, .problems]' "[\"be\",2,\"$hoa\",[]]"
json "C-07 C-09 without HAO: with ::" "$(bare type-42)" '[.answer, .status, .hoa, .problems]' '["be",2,"::",[]]'
json "C-07 the BE goes to the wire's source, 64 octets, checksum over both addresses" "$(bare type-42)" \
	'[.octets, .to, .checksum_ok]' "[64,\"$coa\",true]"
json "C-01 neither for a wrong checksum" "$(mn bind "$hoa" --auth cga --forge checksum --wait 300)" '.answer' null

# C-08: many strangers ask at once
herd cn wrong "$TMP/wrong" --prefix 2001:db8:1:: --dar 2001:db8:1::1 --count 1000 >/dev/null
errors=$(stat 1 .be_sent) problems=$(stat 1 .parameter_problems_sent) punted=$(stat 1 .punted)
run core "$BLAST" d1 "$(core_mac 1)" "$TMP/wrong" 2000 >/dev/null
eventually "C-08 1,000 of each wrong kind reach the agent" 3 "[ \$(stat 1 .punted) -ge $((punted + 2000)) ]"
between "C-08 Binding Errors are rate limited" 1 250 "$(($(stat 1 .be_sent) - errors))"
between "C-05 so are Parameter Problems" 1 250 "$(($(stat 1 .parameter_problems_sent) - problems))"
bind_ok "C-08 and a BU is served" mn "$hoa"
finish
