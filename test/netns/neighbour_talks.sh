#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A host on the old link talks to an away HoA: the DAR answers for it, also with a dead agent.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
dar_mac=$(ip -n "$WORLD-dar1" -j link show acc0 | jq -r '.[0].address')
nd() { run nb "$PYTHON" "$HERE/nd.py" "$@"; }

succeeds "the neighbour reaches the MN on the link" ping_once nb "$hoa"
mn_mac=$(ip -n "$WORLD-nb" -6 -j neigh show "$hoa" | jq -r '.[0].lladdr')
json "at home the MN alone answers for its address" "$(nd -a -t 0.3 eth0 solicit "$hoa" 2001:db8:1::b)" \
	'map(.tlla) | unique' "[\"$mn_mac\"]"
attach mn 2 >/dev/null
json "away and not bound: nobody answers" "$(nd -t 0.3 eth0 solicit "$hoa" 2001:db8:1::b)" . '[]'

start nb na.json "$PYTHON" "$HERE/nd.py" -a -t 5 eth0 listen "$hoa"
listener=$STARTED
poll 2 "grep -q . /proc/$listener/net/packet && [ \$(wc -l </proc/$listener/net/packet) -ge 2 ]"
bind_ok "bound" mn "$hoa"
succeeds "R-14 the very next packet of the neighbour arrives" ping_once nb "$hoa"
is "R-14 it knows the DAR's MAC now" "$dar_mac" \
	"$(ip -n "$WORLD-nb" -6 -j neigh show "$hoa" | jq -r '.[0].lladdr')"
ip -n "$WORLD-nb" neigh flush dev eth0 nud all 2>/dev/null
succeeds "R-13 without any entry it is found too" ping_once nb "$hoa"
succeeds "and the MN reaches the neighbour" ping_once mn 2001:db8:1::b -I "$hoa"

seen=$(nd eth0 solicit "$hoa" 2001:db8:1::b)
json "R-15 solicited answer: S, neither R nor O, to the asker" "$seen" \
	'map([.router, .solicited, .override, .destination, .hop_limit, .checksum_ok])' \
	'[[false,true,false,"2001:db8:1::b",255,true]]'
json "R-13 its link-layer address is the DAR's" "$seen" 'map([.tlla, .frame_source])' \
	"[[\"$dar_mac\",\"$dar_mac\"]]"
seen=$(nd eth0 nud "$hoa" 2001:db8:1::b "$dar_mac")
json "R-13 a unicast probe is answered too" "$seen" 'map([.solicited, .override, .tlla])' \
	"[[true,false,\"$dar_mac\"]]"
seen=$(nd eth0 dad "$hoa")
json "R-16 a DAD probe is defended: to all nodes, not solicited" "$seen" \
	'map([.destination, .router, .solicited, .tlla, .hop_limit, .checksum_ok])' \
	"[[\"ff02::1\",false,false,\"$dar_mac\",255,true]]"
json "of other addresses the DAR says nothing" "$(nd -t 0.3 eth0 dad 2001:db8:1::777)" . '[]'
run nb sysctl -qw net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.eth0.accept_dad=1
ip -n "$WORLD-nb" address add "$hoa/64" dev eth0
eventually "R-16 a kernel that wants the address finds it taken" 4 \
	"ip -n $WORLD-nb -6 address show dev eth0 | grep -A1 $hoa | grep -q dadfailed"
ip -n "$WORLD-nb" address del "$hoa/64" dev eth0

poll 6 "! kill -0 $listener"
json "R-14 unsolicited NA when the binding began: to all nodes, O, neither R nor S" \
	"$(cat "$TMP/na.json")" \
	'any(.[]; .destination == "ff02::1" and .override and (.router or .solicited | not)
	 and .hop_limit == 255 and .checksum_ok and .tlla == "'"$dar_mac"'" and .frame_source == .tlla)'

stop "${AGENT[1]}" KILL
json "R-13 a dead agent's data plane answers too" "$(nd eth0 solicit "$hoa" 2001:db8:1::b)" \
	'map([.solicited, .tlla])' "[[true,\"$dar_mac\"]]"
json "R-16 and defends" "$(nd eth0 dad "$hoa")" 'map(.destination)' '["ff02::1"]'
agent_start 1
agent_ready 1 || die "restart"
succeeds "after the restart it goes on" ping_once nb "$hoa"
mn unbind "$hoa" --auth cga >/dev/null
json "R-17 with the binding the answers end" "$(nd -t 0.3 eth0 solicit "$hoa" 2001:db8:1::b)" . '[]'
json "R-17 those to DAD probes too" "$(nd -t 0.3 eth0 dad "$hoa")" . '[]'
finish
