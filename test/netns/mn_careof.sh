#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The node's three care-of test modes against DARs of each: it gives what it is asked for, and is verified.
. "$(dirname "$0")/domain.sh"
MORE_CONFIG='stop: flush'
domain_up 2
for n in 1 3; do
	SECURITY="coa_test: $([ $n = 1 ] && echo require || echo none)"
	agents_up $n
done
watch() { # FILE: what the node says from now on
	FILE=$1
	capture mn wlan0 "$1" "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6"
}
verified() { # N HOA COA
	binding "$1" "$2" | jq -e --arg coa "$3" '.coa == $coa and .state == "verified"'
}
seen() { wire mn "$FILE" | jq -c "$1"; }
# what was sent for a HoA to the CoA, in order: coti, early, complete
story() { # HOA COA
	seen "[.[] | select(.kind == \"coti\" and .coa == \"$2\" or .kind == \"bu\" and .hoa == \"$1\" and .coa == \"$2\") |
		if .kind == \"coti\" then .dar[9:10] + \"-coti\" elif .index == null then
		(if .test then \"asking\" else \"early\" end) elif .index == 65535 then \"option16\" else \"complete\" end]"
}

judged() { # the messages of one process of the node
	capture_stop "$FILE"
	json "M-12 M-24 8.3 every BU and CoTI was right in every octet" \
		"$(seen '[.[] | select(.kind == "bu" or .kind == "coti" or .kind == "cot")]')" '[.[].problems[]] - ["a PHKT that no BA brought"]' '[]'
	json "M-15 not more than 3 BUs a second for one HoA" "$(seen '[.[] | select(.kind == "bu") | [.hoa, .t]] | group_by(.[0])')" \
		'[.[] | map(.[1]) | sort as $t | range(length - 3) as $i | $t[$i + 3] - $t[$i] | select(. < 0.99)]' '[]'
	json "no ICMPv6 error left the node" "$(seen '[.[] | select(.out and .kind == "error")]')" . '[]'
}

watch first
node_up mn
hoa1=$(arrive mn 1)
move 2
hoa2=$(arrive mn 2)
eventually "M-23 concurrent to a DAR that requires CoTI: verified" 8 "verified 1 $hoa1 $hoa2"
eventually "the node agrees" 3 "bound_to mn $hoa1 $hoa2"
is "M-23 asked with option 15, told 137, CoTI, complete BU" '["asking","1-coti","complete"]' "$(story "$hoa1" "$hoa2")"
is "packets flow" 62 "$(reply_ttl cn "$hoa1")"
move 3
hoa3=$(arrive mn 3)
eventually "address 2 at a concurrent DAR: verified" 5 "verified 2 $hoa2 $hoa3"
eventually "M-24 address 1 with a new CoT for the new CoA: verified" 8 "verified 1 $hoa1 $hoa3"
move 1
eventually "address 3 at a DAR that believes: verified" 5 "verified 3 $hoa3 $hoa1"
eventually "address 2 too" 5 "verified 2 $hoa2 $hoa1"
eventually "M-34 address 1 is home" 5 "[ -z \"\$(binding 1 $hoa1)\" ]"
for hoa in "$hoa2" "$hoa3"; do succeeds "dropped" node mn address drop "$hoa"; done
eventually "nothing is bound" 5 "[ -z \"\$(bindings_of $hoa2)\$(bindings_of $hoa3)\" ]"
judged

node_stop mn
watch second
NODE_CONFIG='mobility: {coa_test: require}'
node_up mn
arrive mn 1 >/dev/null
move 2
coa=$(arrive mn 2)
eventually "8.1 require on both sides: verified" 5 "verified 1 $hoa1 $coa"
move 3
coa=$(arrive mn 3)
eventually "8.1 require of the node alone: verified at the concurrent DAR" 5 "verified 2 $hoa2 $coa"
json "no early BU was sent in this mode" "$(story "$hoa2" "$coa")" 'index("2-coti") != null and .[-1] == "complete"'
move 1
arrive mn 1 >/dev/null
eventually "home" 5 "[ -z \"\$(binding 1 $hoa1)\" ]"
judged
finish
