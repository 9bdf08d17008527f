#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A stranger answers in DAR1's name: no forged BA ends a binding, moves it, or gets an answer.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6 or ip6 proto 41"
node_up mn
hoa=$(arrive mn 1)
move 2
coa=$(arrive mn 2)
eventually "bound" 5 "bound_to mn $hoa $coa"
entry_of() { entry mn "$hoa" | jq -c '[.hoa, .hdar, .coa, .state, .sequence, .lifetime_s, .phkt, .remaining_s > 86000]'; }
before=$(entry_of)
sequence=$(entry mn "$hoa" | jq .sequence)
arrived() { # the forged ones that the node has seen
	tcpdump -n -r "$TMP/mn.pcap" "src 2001:db8:1::1 or src 2001:db8:2::66" 2>/dev/null |
		grep -c -E 'RT6|mobility' || true
}

forged() { # TEXT WORD...: with the node's own addresses and numbers, only the secret is not known
	local text=$1 seen
	shift
	seen=$(arrived)
	run core "$PYTHON" "$HERE/hdar.py" strange "$@" --hoa "$hoa" --coa "$coa" --dar 2001:db8:1::1 \
		--sequence "$sequence"
	poll 3 "[ \$(arrived) -ge $((seen + $#)) ]" || echo "# $* has not arrived"
	is "$text: the entry is the same" "$before" "$(entry_of)"
	is "$text: packets flow in the tunnel" "62 62" \
		"$(reply_ttl cn "$hoa") $(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
}

forged "M-16 accepted, without authorization data" accept,nobad accept,nobad,seq=+1 accept,nobad,lifetime=1
forged "M-16 accepted, with a wrong one" accept accept,lifetime=0 accept,lifetime=1 accept,seq=+1
forged "M-16 authorization data not last" accept,trailing
forged "M-27 134 without proof" accept,status=134,nobad accept,status=134
forged "M-18 135 without proof" accept,status=135,nobad,seq=+1000 accept,status=135,seq=+1000
forged "144 and 148 without proof" accept,status=144,nobad accept,status=148,nobad accept,status=148
forged "M-21 a DAR proof that proves nothing" accept,proof,status=148,nobad accept,proof,nobad
forged "128, 129, 130, 133, 139, 174 without proof" accept,status=128,nobad accept,status=129,nobad \
	accept,status=130,nobad accept,status=133,nobad accept,status=139,nobad accept,status=174,nobad
forged "from another source" accept,nobad,source=2001:db8:2::66
forged "M-31 a routing header with segments left 0, 2, of length 4, for another address, none" \
	accept,nobad,sl=0 accept,nobad,sl=2 accept,nobad,len=4 accept,nobad,other=2001:db8:1::77 accept,nobad,none
forged "a wrong checksum, next header, length, option" accept,nobad,checksum accept,nobad,proto=6 \
	accept,nobad,hdrlen=9 accept,nobad,hdrlen=0 accept,nobad,option

# Binding Errors, and messages that no node expects
echo "import sys
sys.path.insert(0, '$HERE')
import hdar, mip6
coa, hoa = mip6.address('$coa'), mip6.address('$hoa')
source, kind, status = mip6.address(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
body = bytes([status, 0]) + hoa if kind == mip6.MH_BE else bytes(18)
mh = mip6.mobility_header(kind, body, [])
hdar.send(mip6.ipv6(source, coa, mip6.NH_MH, mip6.with_checksum(mh, source, coa)))" >"$TMP/mh.py"
heard() { wire mn mn | jq '[.[] | select(.kind == "mh" and (.out | not))] | length'; }
bus() { wire mn mn | jq "[.[] | select(.kind == \"bu\" and .hoa == \"$hoa\")] | length"; }
known=$(bus)
run core "$PYTHON" "$TMP/mh.py" 2001:db8:ffff::1 7 1
run core "$PYTHON" "$TMP/mh.py" 2001:db8:3::1 7 1
run core "$PYTHON" "$TMP/mh.py" 2001:db8:1::1 7 2
for kind in 0 1 2 3 4 8 77; do run core "$PYTHON" "$TMP/mh.py" 2001:db8:1::1 $kind 0; done
poll 3 "[ \$(heard) -ge 10 ]"
is "M-39 Binding Errors of strangers, BRR, HoT, CoT and unknown types: the entry is the same" "$before" "$(entry_of)"
is "M-39 and no BU for it" "$known" "$(bus)"
for _ in 1 2 3 4; do run core "$PYTHON" "$TMP/mh.py" 2001:db8:1::1 7 1; done
poll 3 "[ \$(heard) -ge 14 ]"
eventually "a Binding Error in DAR1's name: still bound" 3 "bound_to mn $hoa $coa"
between "8.9 it costs at most one BU a second" "$known" $((known + 2)) "$(bus)"

# now a BU is under way that DAR1 does not answer, and the stranger knows its number
agent_stop 1 KILL
sequence_before=$(entry mn "$hoa" | jq .sequence)
move 3
coa=$(arrive mn 3)
eventually "a BU that is not answered" 3 "[ \$(entry mn $hoa | jq .sequence) != $sequence_before ]"
sequence=$(entry mn "$hoa" | jq .sequence)
run core "$PYTHON" "$HERE/hdar.py" strange accept,nobad accept accept,lifetime=0 accept,nobad,lifetime=0 \
	accept,trailing accept,status=1,nobad accept,status=134,nobad accept,status=134 accept,status=148,nobad \
	accept,status=129,nobad accept,status=133,nobad accept,status=174,nobad accept,status=135,nobad,seq=+9 \
	--hoa "$hoa" --coa "$coa" --dar 2001:db8:1::1 --sequence "$sequence"
poll 3 "[ \$(arrived) -ge 13 ]"
json "M-16 M-18 M-27 none of them is taken for DAR1's answer, none ends the binding" "$(entry mn "$hoa")" \
	'[.hoa, .coa, .state == "bound", .phkt, .remaining_s > 86000]' "[\"$hoa\",\"$coa\",false,true,true]"
agent_start 1
agent_ready 1 || die "DAR1 comes again"
eventually "DAR1 is back: bound in spite of them" 20 "bound_to mn $hoa $coa"
is "packets flow in the tunnel" "62 62" "$(reply_ttl cn "$hoa") $(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
capture_stop mn
seen=$(wire mn mn | jq -c .)
bus=$(jq -c "[.[] | select(.kind == \"bu\" and .hoa == \"$hoa\")]" <<<"$seen")
between "forged answers cost no storm of BUs" 3 8 "$(jq length <<<"$bus")"
json "every BU was right in every octet, M-12 with a growing number" "$bus" '[.[].problems[]]' '[]'
json "M-11 signed, then by the PHKT" "$bus" '[.[:2][] | .auth]' '["cga","phkt"]'
json "no ICMPv6 error left the node" "$seen" '[.[] | select(.out and .kind == "error")]' '[]'
json "nor any other Mobility Header" "$seen" '[.[] | select(.out and .kind == "mh")]' '[]'
finish
