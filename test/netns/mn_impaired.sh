#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Between node and anchor a third of the signalling is lost, some is doubled, all overtakes: once the wire is good all settles.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3

# The wire of DAR1 to the core goes through the relay.
ip netns add "$WORLD-im" || die "namespace"
run im sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip -n "$WORLD-core" link set d1 down
ip -n "$WORLD-core" link set d1 netns "$WORLD-im"
ip link add d1 netns "$WORLD-core" type veth peer name c1 netns "$WORLD-im"
for device in d1 c1; do run im ip link set $device up; done
in_batch core <<-END
	link set d1 up
	address add 2001:db8:c1::1/64 dev d1 nodad
	route add 2001:db8:1::/64 via 2001:db8:c1::2
END
run im ethtool -K d1 gro on tx off >/dev/null
echo good >"$TMP/wire"
start im impair.log "$PYTHON" "$HERE/impair.py" d1 c1 "$TMP/wire"
poll 5 "grep -q relaying $TMP/impair.log" || die "a relay"

dar1_mode() { # MODE [SIGNAL]: DAR1 started anew
	agent_stop 1 "${2:-TERM}"
	SECURITY="coa_test: $1" write_config 1
	agent_start 1
	agent_ready 1 || die "DAR1 in mode $1"
}

settled() { # COA: both sides agree, and the CoA is as good as the mode makes it
	bound_to mn "$hoa" "$1" && binding 1 "$hoa" | jq -e --arg coa "$1" '.coa == $coa and .state == "verified"'
}

# A repetition is due at most 4 s after the wire is good (M-14); a DAR that forgot the PHKT takes one more.
settles() { # TEXT N MS
	local start took
	coa=$(arrive mn "$2")
	poll 2 "false" # the wire stays bad for so long
	echo good >"$TMP/wire"
	start=$(now_ms)
	poll 12 "settled $coa"
	took=$(($(now_ms) - start))
	echo "# $1: $took ms"
	between "M-14 $1: settled (ms after the wire was good)" 0 "$3" "$took"
	eventually "$1: answered through the tunnel" 2 "ping_once cn $hoa"
}

# A stop before the first BA comes: the HDAR is told all the same.
node_up mn
hoa=$(arrive mn 1)
echo ba >"$TMP/wire" # no BA passes
move 2
arrive mn 2 >/dev/null
eventually "DAR1 has a binding of which the node does not know" 5 "binding 1 $hoa | grep -q $hoa"
node_stop mn
eventually "stopped then, it is de-registered" 3 "[ -z \"\$(binding 1 $hoa)\" ]"

echo good >"$TMP/wire"
rm -rf "$TMP/state/mn" # another key, another HoA
move 1
node_up mn
hoa=$(arrive mn 1)
move 2
coa=$(arrive mn 2)
eventually "bound while all is well" 5 "settled $coa"
at=3
for mode in none concurrent require; do
	dar1_mode "$mode"
	for i in 1 2; do
		echo "30 20 300" >"$TMP/wire"
		move "$at"
		settles "$mode, move $i" "$at" 6000
		at=$((5 - at))
	done
	echo "30 20 300" >"$TMP/wire"
	move "$at"
	poll 1 "false" # in the middle of it
	dar1_mode "$mode" KILL
	settles "$mode, DAR1 killed in the middle" "$at" 9000
	at=$((5 - at))
done

finish
