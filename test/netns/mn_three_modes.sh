#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Three anchors, each with a care-of test mode of its own, and a node of each mode: all bindings of a move stand.
. "$(dirname "$0")/domain.sh"
need_binaries
world_up
run mn sysctl -qw net.ipv6.conf.wlan0.accept_dad=1
modes=(- none require concurrent)
for n in 1 2 3; do
	SECURITY="coa_test: ${modes[n]}" write_config "$n"
	agent_start "$n"
done
for n in 1 2 3; do agent_ready "$n" || die "famad of dar$n"; done

verified() { # N HOA COA
	bound_to mn "$2" "$3" && binding "$1" "$2" | jq -e --arg coa "$3" '.coa == $coa and .state == "verified"'
}

for mode in concurrent require none; do
	NODE_CONFIG="mobility: {coa_test: $mode}"
	rm -rf "$TMP/state/mn"
	move 1
	node_up mn
	hoa[1]=$(arrive mn 1)
	move 2
	hoa[2]=$(arrive mn 2)
	eventually "$mode: address 1 at DAR2" 6 "verified 1 ${hoa[1]} ${hoa[2]}"
	move 3
	hoa[3]=$(arrive mn 3)
	for at in 3 1 2 3; do
		move "$at"
		coa=$(arrive mn "$at")
		for n in 1 2 3; do
			if [ "$n" = "$at" ]; then
				eventually "$mode: address $n is home" 6 "[ -z \"\$(entry mn ${hoa[n]})\" ]"
			elif [ "$mode ${modes[n]}" = "none concurrent" ]; then # never asked for a token: under credit
				eventually "8.1 $mode: address $n at ${modes[n]} DAR$n" 6 "bound_to mn ${hoa[n]} $coa"
			else
				eventually "8.1 $mode: address $n at ${modes[n]} DAR$n" 6 "verified $n ${hoa[n]} $coa"
			fi
		done
	done
	agent_stop 2 # and comes back in another mode, with all contexts lost
	SECURITY="coa_test: concurrent" write_config 2
	agent_start 2
	agent_ready 2 || die "DAR2 in mode concurrent"
	move 1
	coa=$(arrive mn 1)
	if [ "$mode" = none ]; then
		eventually "$mode: DAR2 in another mode" 6 "bound_to mn ${hoa[2]} $coa"
	else
		eventually "$mode: DAR2 in another mode" 6 "verified 2 ${hoa[2]} $coa"
	fi
	node_stop mn
	eventually "de-registered everywhere" 2 "[ -z \"\$(bindings_of ${hoa[2]})\$(bindings_of ${hoa[3]})\" ]"
	agent_stop 2
	SECURITY="coa_test: require" write_config 2
	agent_start 2
	agent_ready 2 || die "DAR2 in mode require"
	poll 8 "false" # a restarted DAR takes no new context from before (8.8)
done
finish
