#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Links as they are: plugged out for seconds, set down by hand, plugged back and forth faster than a handover.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
node_up mn
hoa=$(arrive mn 1)
tcp_start "$hoa" 200000
tcp_advances "TCP from address 1"

ip -n "$WORLD-sw" link set port down
poll 3 "false"
is "plugged out for 3 s: the address stays" "$hoa" "$(ip -n "$WORLD-mn" -6 -j address show dev wlan0 scope global |
	jq -r '.[].addr_info[]?.local // empty')"
ip -n "$WORLD-sw" link set port up
tcp_advances "plugged into the same link: TCP goes on"
json "nothing was signalled" "$(node mn show bul)" . '[]'

move 2
coa=$(arrive mn 2)
eventually "at DAR2" 5 "bound_to mn $hoa $coa"
ip -n "$WORLD-mn" link set wlan0 down
eventually "set down by hand" 2 "[ \$(ip -n $WORLD-mn -6 route show default | wc -l) = 0 ]"
ip -n "$WORLD-mn" link set wlan0 up
tcp_advances "set up again: TCP goes on in the tunnel"
is "a new flow takes address 2" "$coa" "$(source_of mn)"
eventually "and reaches the CN, at the latest when the kernel has looked for duplicates again" 5 "ping_once mn $CN_ADDRESS"
is "one default route, one rule" "1 2" \
	"$(ip -n "$WORLD-mn" -6 route show default | wc -l) $(tunnels_of mn | wc -l)"

for n in 3 1 2 3 2 1 3; do move $n; done
coa=$(arrive mn 3)
eventually "back and forth, the last is DAR3: bound there" 6 "bound_to mn $hoa $coa"
tcp_advances "TCP goes on"
for n in 2 1; do move $n; done
arrive mn 1 >/dev/null
eventually "and home again" 6 "[ -z \"\$(entry mn $hoa)\$(bindings_of $hoa)\" ]"
tcp_advances "TCP goes on natively"
is "no rule or route of address 1" "" "$(tunnels_of mn "$hoa")"
tcp_finish "0 payload errors over all this"

# a stop while a DAR is silent: what is changed is put back all the same
move 2
arrive mn 2 >/dev/null
agent_stop 1 KILL
start=$(now_ms)
node_stop mn
between "stopped within 4 s while DAR1 is silent (ms)" 0 4000 $(($(now_ms) - start))
is "no address, route or rule is left" "" "$(ip -n "$WORLD-mn" -6 address show scope global
	ip -n "$WORLD-mn" -6 route show default; tunnels_of mn)"
is "nothing is pinned" "" "$(find "$PINS/mn" 2>/dev/null)"
finish
