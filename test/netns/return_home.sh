#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Back on the link of DAR1: BU-HOME from the HoA itself, BA without routing header, native packets.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
ping_once nb "$hoa" >/dev/null
tcp_start "$hoa"
attach mn 2 >/dev/null
bind_ok "away at DAR2" mn "$hoa"
tcp_advances "TCP through the tunnel"

is "back: the address is the same CGA" "$hoa" "$(attach mn 1)"
run mn ip -6 rule del pref 60 from "$hoa/128"
before=$(drops 1)
ping_once mn "$CN_ADDRESS" -I "$hoa" >/dev/null
is "D-47 M-34 native packets from an away HoA are dropped" 1 $?
between "D-47 and counted" $((before + 1)) $((before + 100)) "$(drops 1)"

BA=$(mn home "$hoa")
json "C-18 C-37 C-45 BU-HOME: status 0, lifetime 0, no routing header, MAC over the HoA" "$BA" \
	'[.status, .lifetime, .authenticated, .options, .problems]' '[0,0,true,[5],[]]'
json "C-39 nothing is bound" "$(ctl 1 show bindings)" . '[]'
is "R-24 R-23 CN to HoA1 is native at once" 62 "$(reply_ttl cn "$hoa")"
is "HoA1 to CN" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
succeeds "R-17 the neighbour on the link reaches it" ping_once nb "$hoa"
mac=$(run mn cat /proc/net/if_inet6 >/dev/null && ip -n "$WORLD-mn" -j link show wlan0 | jq -r '.[0].address')
is "R-24 the neighbour knows the MN's MAC" "$mac" \
	"$(ip -n "$WORLD-nb" -6 -j neigh show "$hoa" | jq -r '.[0].lladdr')"
is "R-24 the DAR does too" "$mac" \
	"$(ip -n "$WORLD-dar1" -6 -j neigh show "$hoa" dev acc0 | jq -r '.[0].lladdr')"
ping_once mn "$CN_ADDRESS" -I "$hoa" >/dev/null
is "DAR1 keeps no route, rule or proxy entry of it" "" \
	"$(ip -n "$WORLD-dar1" -6 route show table all | grep "^$hoa"
	ip -n "$WORLD-dar1" -6 neigh show proxy | grep "$hoa")"
start core tunnel.log tcpdump -n -l -i d1 "ip6 proto 41"
poll 3 "grep -q listening $TMP/tunnel.log"
capture=$STARTED
tcp_advances "TCP goes on natively"
stop "$capture" INT
is "no tunnel packet is left" 0 "$(grep -c 'IP6 2001' "$TMP/tunnel.log")"
tcp_finish "0 payload errors over handover and return"

# without the PHKT, as after a reboot
attach mn 2 >/dev/null
bind_ok "away again" mn "$hoa"
attach mn 1 >/dev/null
mn forget "$hoa" >/dev/null
json "A-34 C-18 a signed BU-HOME: accepted, no routing header, no PHKT" "$(mn home "$hoa" --auth cga)" \
	'[.status, .lifetime, .options, .problems]' '[0,0,[10],[]]'
json "nothing is bound" "$(ctl 1 show bindings)" . '[]'
finish
