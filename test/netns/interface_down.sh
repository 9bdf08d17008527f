#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Interfaces are taken down and up again: addresses, routes and advertisements are back with them.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2 3
anchored() { # N: address and the route with our program are on acc0
	ip -n "$WORLD-dar$1" -6 address show dev acc0 | grep -q "inet6 $(dar_address "$1")/64" &&
		ip -n "$WORLD-dar$1" -6 route show 2001:db8:"$1"::/64 dev acc0 | grep -q encap
}
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "away" mn "$hoa"
for n in 1 3; do # of dar1 the address was there, of dar3 it is famad's
	ip -n "$WORLD-dar$n" link set acc0 down
	poll 2 "! ip -n $WORLD-dar$n -6 address show dev acc0 | grep -q $(dar_address "$n")/64"
	ip -n "$WORLD-dar$n" link set acc0 up
	eventually "F8 dar$n has its address and its route again" 3 "anchored $n"
done
for i in $(seq 20); do
	ip -n "$WORLD-dar3" link set acc0 down
	ip -n "$WORLD-dar3" link set acc0 up
done
eventually "F8 also after 20 flaps in a row" 3 "anchored 3"
is "F8 the binding served all the while" 62 "$(reply_ttl cn "$hoa")"
json "F8 and takes a refresh" "$(mn bind "$hoa" --auth phkt)" '[.status, .problems]' '[0,[]]'
attach mn 3 >/dev/null
bind_ok "a node attaches to the link that was down" mn "$hoa"
is "the DAR's own packets find the way" 64 "$(reply_ttl dar1 "$hoa")"
agent_stop 3
is "what famad added goes with it" "" \
	"$(ip -n "$WORLD-dar3" -6 address show dev acc0 | grep 2001:db8:3::1)"
finish
