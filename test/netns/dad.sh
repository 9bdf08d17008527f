#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Duplicate Address Detection for a HoA on its home link: strict before the BA, optimistic beside it;
# whoever claims the address of an away node is told so, and gets nothing.
. "$(dirname "$0")/topology.sh"
WITH_MN2=1 WITH_NEIGHBOUR=1 MORE_CONFIG="stop: flush"
need_binaries
world_up
claim() { run nb "$PYTHON" "$HERE/claim.py" eth0 "$@"; }
watch() { # TARGET SECONDS: what nb hears about it, later in watch.json
	rm -f "$TMP/watch.log"
	start nb watch.log sh -c "exec '$PYTHON' '$HERE/claim.py' eth0 watch $1 $2 >'$TMP/watch.json'"
	WATCH=$STARTED
	poll 3 "grep -q ready $TMP/watch.log" || die "watch"
}
watched() { # its JSON
	poll 10 "! kill -0 $WATCH"
	cat "$TMP/watch.json"
}
serve() { # SECURITY: the agents anew, without a past that would refuse signed BUs for 7 s
	local n
	SECURITY=$1
	for n in "${!AGENT[@]}"; do agent_stop "$n"; done
	rm -rf "$TMP/state"
	agents_up 1 2
}
link_local() { # HOA: fe80::/64 with its interface identifier
	"$PYTHON" -c 'import sys, ipaddress as i
print(i.IPv6Address(0xfe80 << 112 | int(i.IPv6Address(sys.argv[1])) & (1 << 64) - 1))' "$1"
}
solicited_node() { # HOA: ff02::1:ff00:0/104 with its last three octets
	"$PYTHON" -c 'import sys, ipaddress as i
print(i.IPv6Address(int(i.IPv6Address("ff02::1:ff00:0")) | int(i.IPv6Address(sys.argv[1])) & 0xffffff))' "$1"
}
mn2_l() { # as mn2, its BUs with the flag L
	run mn2 "$PYTHON" -c 'import sys, runpy
sys.path.insert(0, sys.argv[1])
import mip6
mip6.FLAG_H |= mip6.FLAG_L
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")' "$HERE" "$HERE/mn.py" -s "$TMP/mn2.json" "$@"
}
defended() { # TARGET: who answers a DAD probe for it
	run nb "$PYTHON" "$HERE/nd.py" -t 0.4 eth0 dad "$1" | jq -c 'map(.tlla)'
}
dar_mac=$(ip -n "$WORLD-dar1" -j link show acc0 | jq -r '.[0].address')
nb_mac=$(ip -n "$WORLD-nb" -j link show eth0 | jq -r '.[0].address')

# ---- strict, nobody claims it
serve "dad: strict, coa_test: none, require_seen: false"
hoa=$(attach mn 1)
attach mn 2 >/dev/null
watch "$hoa" 5
mn bind "$hoa" --mode none --save "$TMP/bu" >"$TMP/bind.json" &
bind=$!
poll 2 "[ \$(stat 1 .dad_probes) -ge 1 ]"
before=$(stat 1 .bu_dropped.dad_running)
is "C-40 nothing is bound during the test" "" "$(binding 1 "$hoa")"
json "C-42 the BU repeated during the test gets no answer" "$(mn replay "$TMP/bu" --wait 100)" \
	.answer null
eventually "C-42 it is counted" 2 "[ \$(stat 1 .bu_dropped.dad_running) -eq $((before + 1)) ]"
wait "$bind"
json "C-40 strict: the BA comes after RetransTimer, and accepts" "$(cat "$TMP/bind.json")" \
	'[.status, .problems, .rtt_ms >= 990 and .rtt_ms < 1900]' '[0,[],true]'
seen=$(watched)
json "C-40 one probe: from ::, to the solicited-node group, hop limit 255, without option" "$seen" \
	'map(select(.kind == "ns") | [.source, .destination, .hop_limit, .checksum_ok, .options,
	 .octets, .frame_source, .frame_destination[:8]])' \
	"[[\"::\",\"$(solicited_node "$hoa")\",255,true,[],24,\"$dar_mac\",\"33:33:ff\"]]"
json "C-40 nothing is advertised before it is over; R-14 then O=1 to all nodes" "$seen" \
	'(map(select(.kind == "ns"))[0].at_ms) as $ns | map(select(.kind == "na"))[0]
	 | .at_ms - $ns >= 990 and .flags == 32 and .destination == "ff02::1"'
json "R-18 three times in all, at least a second apart" "$seen" \
	'map(select(.kind == "na").at_ms) | [length, ([.[1:], .[:-1]] | transpose | all(.[0] - .[1] >= 990))]' \
	'[3,true]'
json "C-40 a refresh is not tested: its BA comes at once" \
	"$(mn bind "$hoa" --mode none --auth cga)" '[.status, .rtt_ms < 500]' '[0,true]'

# ---- strict, its node comes home before the test is over
mn unbind "$hoa" >/dev/null
newer=$((($(jq '.. | objects | select(has("sequence")) | .sequence' "$TMP/mn.json" | head -1) + 9) & 65535))
cp "$TMP/mn.json" "$TMP/home.json"
probes=$(stat 1 .dad_probes) refused=$(stat 1 .bu_refused.sequence)
mn bind "$hoa" --mode none --auth cga >/dev/null &
bind=$!
poll 2 "[ \$(stat 1 .dad_probes) -gt $probes ]"
json "C-39 a later BU-DEREG is taken during the test" \
	"$(run mn "$PYTHON" "$HERE/mn.py" -s "$TMP/home.json" unbind "$hoa" --auth phkt --sequence "$newer")" \
	'[.status, .sequence]' "[0,$newer]"
wait "$bind"
eventually "C-38 the older BU-CGA that waited is refused" 2 \
	"[ \$(stat 1 .bu_refused.sequence) -eq $((refused + 1)) ]"
is "and nothing is bound" "" "$(binding 1 "$hoa")"

# ---- strict, another node has it
hoa2=$(attach mn2 1 port2)
attach mn2 2 port2 >/dev/null
ip -n "$WORLD-nb" address add "$hoa2/64" dev eth0 nodad
conflicts=$(stat 1 .dad_conflicts)
json "C-40 strict: a node that has the address is found, BA 134 at once" \
	"$(mn2 bind "$hoa2" --mode none)" '[.status, .rtt_ms < 900]' '[134,true]'
is "C-40 nothing is bound" "" "$(binding 1 "$hoa2")"
eventually "the conflict is counted" 2 "[ \$(stat 1 .dad_conflicts) -gt $conflicts ]"
is "and told with the claimant's MAC" 1 \
	"$(grep -c "level=warn event=dad.conflict target=$hoa2 .*claimant=$nb_mac .*action=refused" "$TMP/dar1.log")"
ip -n "$WORLD-nb" address del "$hoa2/64" dev eth0
mn2 bind "$hoa2" --mode none >"$TMP/bind2.json" &
bind=$!
probes=$(stat 1 .dad_probes)
poll 2 "[ \$(stat 1 .dad_probes) -gt $probes ]"
claim advertise 2001:db8:1::dead >/dev/null
run nb "$PYTHON" "$HERE/nd.py" -t 0.1 eth0 dad "$hoa2" >/dev/null
wait "$bind"
json "C-40 a node that is testing the same address is found too" "$(cat "$TMP/bind2.json")" \
	'[.status, .rtt_ms < 990]' '[134,true]'
bind_ok "C-40 left alone it gets its binding" mn2 "$hoa2" --mode none
mn2 unbind "$hoa2" --auth cga >/dev/null
mn unbind "$hoa" --auth cga >/dev/null

# ---- optimistic
serve "dad: optimistic, coa_test: none, require_seen: false"
watch "$hoa" 3
BA=$(mn bind "$hoa" --mode none --auth cga)
json "A-11 optimistic: the BA does not wait" "$BA" '[.status, .problems, .rtt_ms < 500]' '[0,[],true]'
json "A-11 but the probe goes out" "$(watched)" \
	'map(select(.kind == "ns") | [.source, .options]) | unique' '[["::",[]]]'
conflicts=$(stat 1 .dad_conflicts)
watch "$hoa" 3
claim advertise "$hoa" 10 >/dev/null
eventually "C-41 each of ten claims is counted" 2 "[ \$(stat 1 .dad_conflicts) -eq $((conflicts + 10)) ]"
json "C-41 the binding is kept" "$(binding 1 "$hoa")" '.hoa' "\"$hoa\""
is "C-41 and carries" 62 "$(reply_ttl cn "$hoa")"
json "C-41 it is defended with O=1 to all nodes, once a second at most" "$(watched)" \
	'map(select(.kind == "na" and .frame_source == "'"$dar_mac"'" and .flags == 32)
	 | .destination) | [length >= 1 and length <= 2, unique]' '[true,["ff02::1"]]'
is "C-41 the alarm names the claimant" 1 \
	"$(grep -c "level=warn event=dad.conflict target=$hoa .*claimant=$nb_mac .*action=kept" "$TMP/dar1.log" |
		sed 's/^[1-9][0-9]*$/1/')"
json "C-41 R-16 a probe for it is answered" "$(defended "$hoa")" 'unique' "[\"$dar_mac\"]"
json "C-41 the binding is kept then too" "$(binding 1 "$hoa")" '.hoa' "\"$hoa\""

# ---- the flag L
ll=$(link_local "$hoa2")
is "C-43 before, nobody answers for the link-local" "[]" "$(defended "$ll")"
bind_ok "a BU with the flag L" mn2_l "$hoa2" --mode none --auth cga
eventually "C-43 its link-local is defended as well" 3 \
	"defended $ll | grep -q $dar_mac"
mn2_l unbind "$hoa2" --auth cga >/dev/null
eventually "C-43 until the binding ends" 3 "[ '[]' = \"\$(defended $ll)\" ]"
serve "dad: strict, coa_test: none, require_seen: false"
ip -n "$WORLD-nb" address add "$ll/64" dev eth0 nodad
json "C-43 strict: a node that has the link-local is found, BA 134" \
	"$(mn2_l bind "$hoa2" --mode none --auth cga)" '[.status, .rtt_ms < 900]' '[134,true]'
ip -n "$WORLD-nb" address del "$ll/64" dev eth0
bind_ok "C-43 left alone, the BU with the flag L is accepted" mn2_l "$hoa2" --mode none --auth cga
finish
