#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What a node makes of the answers of an anchor that means them: tokens, lifetimes, 134, 135, 147.
. "$(dirname "$0")/domain.sh"
MORE_CONFIG='stop: flush'
domain_up 1 2 3
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135 or icmp6"
node_up mn
hoa=$(arrive mn 1)
agent_stop 1
anchor_play 1
move 2
coa=$(arrive mn 2)
heard() { poll "$2" "[ \$(anchor_heard) -ge $1 ]" || echo "# no BU number $1"; } # NUMBER SECONDS
state_of() { entry mn "$hoa" | jq -c '[.state == "bound", .phkt, .lifetime_s]'; }

heard 1 5
anchor_says accept,badphkt accept,shortphkt accept,nophkt accept,badmac accept,seq=+1 accept,trailing
anchor_sends accept,nobad accept,badphkt accept,nophkt accept,badmac
heard 2 5
anchor_says accept,lifetime=25
json "M-16 M-19 M-20 wrong tokens, authenticators and numbers bind nothing" "$(state_of)" '.[:2]' '[false,false]'
heard 3 8
eventually "M-19 the right answer binds" 3 "bound_to mn $hoa $coa"
json "M-17 with the lifetime that was granted" "$(state_of)" . '[true,true,100]'
timed "M-20 nothing wrong made the node hurry: 1.5 s, then 3 s" "$(anchor_last .updates)" \
	'[.[1].t - .[0].t, .[2].t - .[1].t] | [.[0] > 1.4, .[0] < 2.3, .[1] > 2.8, .[1] < 4]' '[true,true,true,true]'
json "M-10 each was signed" "$(anchor_last .updates)" 'map(.auth)' '["cga","cga","cga"]'

anchor_says "accept,status=135,seq=+1000"
move 3
coa=$(arrive mn 3)
heard 4 3
anchor_says accept,lifetime=50
heard 5 4
eventually "M-18 an authenticated 135: bound with the next BU" 3 "bound_to mn $hoa $coa"
json "M-18 it goes on from the number of the 135" "$(anchor_last .updates)" \
	'[.[3].auth, .[4].auth, ((.[4].sequence - .[3].sequence) % 65536 + 65536) % 65536 > 1000]' '["phkt","phkt",true]'

before=$(anchor_heard)
for _ in 1 2 3 4 5 6; do anchor_sends accept,status=147,nobad accept,status=137,nobad; done
anchor_says
json "8.9 a 147 that answers no BU ends nothing" "$(state_of)" '.[0] or .[1]' true
between "8.9 and costs at most one BU a second" 0 2 $(($(anchor_heard) - before))
anchor_says accept,lifetime=50
eventually "it is bound" 5 "bound_to mn $hoa $coa"

anchor_says "accept,status=134"
before=$(anchor_heard)
move 2
eventually "M-27 a BU for the next move" 3 "[ \$(anchor_heard) -gt $before ]"
eventually "M-27 an authenticated 134 ends the binding" 3 "[ -z \"\$(entry mn $hoa | jq 'select(.remaining_s > 0)')\" ]"
before=$(anchor_heard)
poll 3 "[ \$(anchor_heard) -gt $before ]"
is "M-27 the address is not registered again" "$before" "$(anchor_heard)"
stop "$ANCHOR"
run dar1 tc qdisc del dev core0 clsact
agent_start 1
agent_ready 1 || die "famad of DAR1 again"
move 1
new=$(arrive mn 1)
is "M-27 back at DAR1 the node takes another address" yes "$([ "$new" != "$hoa" ] && echo yes)"
is "M-27 that serves" 62 "$(reply_ttl cn "$new")"
capture_stop mn
json "every BU was right in every octet" \
	"$(wire mn mn | jq -c "[.[] | select(.kind == \"bu\")]")" '[.[].problems[]]' '[]'
json "no ICMPv6 error left the node" "$(wire mn mn)" '[.[] | select(.out and .kind == "error")]' '[]'
finish
