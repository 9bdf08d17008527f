#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1 does not answer: the BU comes again after 1.5, 3, 6 s, each with a new number, until DAR1 is back.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6"
node_up mn
hoa=$(arrive mn 1)
agent_stop 1 KILL # its programs take the BU from the wire, and nobody answers
move 2
coa=$(arrive mn 2)
sent() { wire mn mn | jq -c "[.[] | select(.kind == \"bu\" and .hoa == \"$hoa\")]"; }
poll 8 "[ \$(sent | jq length) -ge 3 ]"
json "show bul: nothing is bound yet" "$(entry mn "$hoa")" '[.coa, .state == "bound", .phkt, .remaining_s]' \
	"[\"$coa\",false,false,0]"
is "M-28 until it is bound nothing of address 1 gets out" 1 \
	"$(ping_once mn "$CN_ADDRESS" -I "$hoa" >/dev/null; echo $?)"
is "address 2 does not suffer" 62 "$(reply_ttl mn "$CN_ADDRESS")"
bus=$(sent)
timed "M-14 the first registration waits 1.5 s, then 3 s" "$bus" \
	'[.[1].t - .[0].t, .[2].t - .[1].t] | [.[0] > 1.4, .[0] < 2.2, .[1] > 2.8, .[1] < 3.8]' \
	'[true,true,true,true]'
json "M-12 each with a higher sequence number" "$bus" \
	'[range(1; length) as $i | .[$i].sequence - .[$i - 1].sequence] | all(. % 65536 > 0)'
json "each right in every octet, with a newer timestamp" "$bus" '[.[].problems[]]' '[]'

# a BU for each move, but never more than three in a second to one DAR
move 3
arrive mn 3 >/dev/null
eventually "M-08 a move does not wait for the back-off" 2 \
	"sent | jq -e '.[-1].coa | startswith(\"2001:db8:3:\")'"
for n in 2 3 2 3; do
	move $n
	arrive mn $n >/dev/null
done
coa=$(current_of mn)
agent_start 1
agent_ready 1 || die "DAR1 comes again"
eventually "DAR1 is back: the address gets bound" 12 "bound_to mn $hoa $coa"
json "M-11 and completed with the PHKT" "$(binding 1 "$hoa")" '[.coa, .auth, .state]' \
	"[\"$coa\",\"phkt\",\"verified\"]"
is "and is served" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
json "show bul" "$(entry mn "$hoa")" '[.state, .phkt, .remaining_s > 86000]' '["bound",true,true]'
capture_stop mn
bus=$(sent)
echo "# BUs at $(jq -c 'map([.t - 1e9 * (.t / 1e9 | floor), .sequence, .coa[9:10]])' <<<"$bus")"
timed "M-15 never more than three BUs within a second" "$bus" \
	'[range(3; length) as $i | .[$i].t - .[$i - 3].t] | all(. > 0.98)'
json "M-12 sequence numbers only grow" "$bus" \
	'[range(1; length) as $i | (.[$i].sequence - .[$i - 1].sequence + 65536) % 65536] | all(. > 0 and . < 32768)'
json "all are right" "$bus" '[.[].problems[]]' '[]'
json "no ICMPv6 error left the node" "$(wire mn mn)" '[.[] | select(.out and .kind == "error")]' '[]'
finish
