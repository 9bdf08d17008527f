#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `address: cga`: the DAR's own address is a CGA of its key, the same after a restart, never
# optimistic; where another node has it, the next start takes the next collision count.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
OWN_ADDRESS=cga
ip -n "$WORLD-dar1" address del 2001:db8:1::1/64 dev acc0
run dar1 sysctl -qw net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.acc0.accept_dad=1 \
	net.ipv6.conf.all.optimistic_dad=1 net.ipv6.conf.acc0.optimistic_dad=1
own() { ctl 1 show prefixes | jq -r '.[0].address'; }
flags() { ip -n "$WORLD-dar1" -6 address show dev acc0 | grep -F "inet6 $1/64"; }
again() { # famad of dar1
	agent_stop 1
	agent_start 1
	agent_ready 1 || die "famad of dar1"
}
taken_by_nb() { # ADDRESS: the kernel of dar1 finds it at nb
	ip -n "$WORLD-nb" address add "$1/64" dev eth0 nodad
	again
	eventually "the kernel of dar1 finds $1 at a neighbour" 5 "flags $1 | grep -q dadfailed"
}

agents_up 1
first=$(own)
is "R-21 the address lies under its prefix" "2001:db8:1:" "${first:0:11}"
is "R-21 it is on the interface" 1 "$(flags "$first" | wc -l)"
is "R-22 never optimistic" 0 "$(flags "$first" | grep -c optimistic)"
eventually "R-22 the kernel's DAD comes first, and passes" 5 "! flags $first | grep -q tentative"
json "R-02 R-21 it is what the RA tells" "$(mn solicit)" '.prefixes | map([.flags, .address])' \
	"[[224,\"$first\"]]"
is "R-21 the key is for famad alone" "-rw-------" \
	"$(ls -l "$TMP/state/dar1/key.pem" | cut -c1-10)"
again
is "R-21 R-03 the same after a restart" "$first" "$(own)"
agent_stop 1 KILL
agent_start 1
agent_ready 1 || die "restart after kill -9"
is "R-21 the same after kill -9" "$first" "$(own)"

# ---- another node has it
taken_by_nb "$first"
eventually "R-21 an error says what to do" 3 \
	"grep -q 'level=error event=address.taken address=$first .*mend=\"restart famad' $TMP/dar1.log"
is "R-03 R-21 nothing changes under the nodes meanwhile" "$first" "$(own)"
agent_stop 1 KILL
agent_start 1
agent_ready 1 || die "second start"
second=$(own)
is "R-21 the next start takes another" yes "$([ "$second" != "$first" ] && echo yes)"
is "R-21 that of an agent before, killed, is gone from the interface" 0 "$(flags "$first" | wc -l)"
taken_by_nb "$second"
eventually "R-21 told again" 3 "grep -q 'event=address.taken address=$second' $TMP/dar1.log"
again
third=$(own)
is "R-21 and a third" yes \
	"$([ "$third" != "$first" ] && [ "$third" != "$second" ] && echo yes)"
taken_by_nb "$third"
eventually "R-21 there is no fourth: the operator is asked" 3 \
	"grep -q 'event=address.taken address=$third .*remove collisions' $TMP/dar1.log"
again
is "R-21 it stays with the third" "$third" "$(own)"
for address in "$first" "$second" "$third"; do
	ip -n "$WORLD-nb" address del "$address/64" dev eth0
done
again
eventually "R-21 once they are free it serves" 5 "flags $third | grep -vq 'tentative\|dadfailed'"
agent_stop 1
is "R-21 what famad added goes with it" "" \
	"$(ip -n "$WORLD-dar1" -6 address show dev acc0 scope global)"
rm "$TMP/state/dar1/collisions"
agent_start 1
agent_ready 1 || die "last start"
is "R-21 without that file the first is tried again" "$first" "$(own)"
finish
