#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Bindings of 4 s end after 4 s; with a dead agent the data plane ends them by itself.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
reaches() { run cn ping -6 -n -c 1 -W 0.2 "$hoa" >/dev/null; }

bind_ok "bound for one unit" mn "$hoa" --lifetime 1
bound=$(now_ms)
json "4 s are granted" "$(binding 1 "$hoa")" '[.lifetime_s, .remaining_s <= 4]' '[4,true]'
succeeds "it serves" reaches
poll 8 "! reaches"
between "C-32 it ends after its lifetime, not before (ms)" 3600 5300 $(($(now_ms) - bound))
eventually "C-32 only live bindings are shown" 2 "[ \"\$(ctl 1 show bindings)\" = '[]' ]"
bind_ok "C-22 and can be made again" mn "$hoa" --lifetime 1
bound=$(now_ms)
succeeds "it serves" reaches
stop "${AGENT[1]}" KILL
succeeds "the agent is dead, packets flow" reaches
poll 8 "! reaches"
between "the data plane ends the binding by itself (ms)" 3600 5300 $(($(now_ms) - bound))
run mn ping -6 -n -c 1 -W 0.3 -I "$hoa" "$CN_ADDRESS" >/dev/null
is "and its way up too" 1 $?

agent_start 1
agent_ready 1 || die "a new agent starts"
json "a new agent does not revive it" "$(ctl 1 show bindings)" . '[]'
# 8.8: without a context signed BUs are taken 7 s after the dead agent's last heartbeat; 130 before
seen=
poll 9 "seen=\$(mn bind $hoa --auth cga); jq -e '.status == 0' <<<\"\$seen\""
json "a signed BU binds again, 130 until 7 s after the last heartbeat" "$seen" \
	'[.status, .problems]' '[0,[]]'
succeeds "it serves" reaches
finish
