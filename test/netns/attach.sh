#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# An MN comes to DAR1: RS and RA, a CGA, native packets; nothing is bound, nothing is tunnelled.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 3

start mn ra.json "$PYTHON" "$HERE/nd.py" -t 11 wlan0 ra
LISTENER=$STARTED
seen=$(mn attach)
hoa=$(jq -r .address <<<"$seen")
ra=$(jq -c .ra <<<"$seen")
json "R-01 RA: hop limit 255, link-local source, code 0, checksum" "$ra" \
	'[.hop_limit, .link_local, .code, .checksum_ok]' '[255,true,0,true]'
json "R-02 RA: H, and not M or O" "$ra" '.flags' 32
json "R-02 R-06 RA: one PIO with L, A and R, the DAR's address in full" "$ra" \
	'.prefixes | map([.flags, .length, .address])' '[[224,64,"2001:db8:1::1"]]'
json "RA: valid lifetime 30 d, preferred 7 d" "$ra" \
	'.prefixes[0] | [.valid_s, .preferred_s]' '[2592000,604800]'
json "R-04 RA: SLLA is the MAC that sent it" "$ra" '.slla == .frame_source'
json "R-05 RA: advertisement interval 10 s" "$ra" '.interval_ms' 10000
json "R-08 RA: router lifetime 30 s" "$ra" '.router_lifetime_s' 30
json "R-12 RA: no Home Agent Information option with default values" "$ra" '.home_agent_option' false
json "R-19 RA: MTU leaves 40 octets for the tunnel" "$ra" '.mtu' 1460
json "R-09 RS answered at once, by unicast" "$ra" \
	'.after_ms < 200 and (.destination | startswith("fe80"))'

is "R-23 CN to MN is native: two routers, hop limit 62" 62 "$(reply_ttl cn "$hoa")"
is "R-23 MN to CN" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
build_udpflow
start mn udp-recv.log "$UDPFLOW" recv "$hoa" 7000 "$TMP/udp"
poll 3 "[ -s $TMP/udp ]"
receiver=$STARTED
start cn udp-send.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 1000 1400
sender=$STARTED
poll 3 "[ \$(received $TMP/udp) -ge 1000 ]"
stop "$sender"
sent=$(jq .sent "$TMP/udp-send.log")
poll 2 "[ \$(received $TMP/udp) -ge $sent ]"
stop "$receiver"
is "D-34 a native flow loses nothing" "$sent" "$(jq .received "$TMP/udp-recv.log")"

json "show bindings: an empty array" "$(ctl 1 show bindings)" . '[]'
json "show prefixes" "$(ctl 1 show prefixes)" \
	'map([.prefix, .address, .interface, .valid_s, .preferred_s, .bindings])' \
	'[["2001:db8:1::/64","2001:db8:1::1","acc0",2592000,604800,0]]'
json "show interfaces" "$(ctl 1 show interfaces)" \
	'map([.name, .kind, .up]) | sort' '[["acc0","access",true],["core0","core",true]]'
json "show interfaces: attach and ifindex" "$(ctl 1 show interfaces)" \
	'all(.attach != "auto" and (.attach | type) == "string" and (.ifindex | type) == "number")'
json "show drops is an array of interface, reason, packets" "$(ctl 1 show drops)" \
	'all((.interface | type) == "string" and (.reason | type) == "string" and .packets >= 0)'
json "show status is an object" "$(ctl 1 show status)" 'type' '"object"'
json "show stats is an object" "$(ctl 1 show stats)" 'type' '"object"'
ctl 1 show binding "$hoa" >/dev/null 2>&1
is "show binding of what is not bound exits 4" 4 $?
"$FAMACTL" -s "$TMP/nobody.sock" show status >/dev/null 2>&1
is "no daemon: famactl exits 3" 3 $?
"$FAMACTL" -s "$TMP/dar1.sock" show nonsense >/dev/null 2>&1
is "usage: famactl exits 2" 2 $?

# dar3 had no address on acc0: famad adds it, serves it and takes it away (contract 4.1)
attach mn 3 >/dev/null
is "an address that famad added serves" 62 "$(reply_ttl cn "$(jq -r .current "$TMP/mn.json")")"
is "R-22 it is neither optimistic nor tentative" "" \
	"$(ip -n "$WORLD-dar3" -6 address show dev acc0 scope global | grep -E 'optimistic|tentative')"
attach mn 1 >/dev/null
poll 11 "! kill -0 $LISTENER"
json "R-01 R-03 a multicast RA within the interval, with the same PIO" "$(cat "$TMP/ra.json")" \
	'map([.hop_limit, .checksum_ok, .prefixes[0].flags, .prefixes[0].length])' '[[255,true,224,64]]'
agent_stop 3
is "it is taken away on stop" "" \
	"$(ip -n "$WORLD-dar3" -6 address show dev acc0 | grep 2001:db8:3::1)"
agent_stop 1
is "an address that was there is left" 1 \
	"$(ip -n "$WORLD-dar1" -6 address show dev acc0 | grep -c 2001:db8:1::1/64)"
finish
