#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A node's first start and first link: its key, RS, the CGA, one default route, nothing signalled.
. "$(dirname "$0")/domain.sh"
domain_up 1
capture mn wlan0 mn ip6
ip -n "$WORLD-sw" link set port down
poll 3 "ip -n $WORLD-mn link show wlan0 | grep -q NO-CARRIER"
node_up mn
state=$TMP/state/mn
is "state_dir has mode 0700" 700 "$(command stat -c %a "$state")"
is "every file in it has mode 0600" "" "$(find "$state" -type f ! -perm 600)"
key=$(grep -l 'PRIVATE KEY' "$state"/*)
is "one key was made" 1 "$(wc -l <<<"$key")"
is "of 2040 bits (rsa_bits)" 2040 "$(openssl rsa -in "$key" -noout -text 2>/dev/null |
	sed -n 's/.*(\([0-9]*\) bit.*/\1/p')"
json "without a link: no address" "$(node mn show addresses)" . '[]'
json "and nothing attached" "$(node mn show status)" '[.role, .attached]' '["mn",false]'

ip -n "$WORLD-sw" link set port up
hoa=$(arrive mn 1)
flags=$(ip -n "$WORLD-mn" -6 -j address show dev wlan0 scope global |
	jq -c '[.[].addr_info[] | select(.local)]')
is "the new address serves at once" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
is "and is reached at once" 62 "$(reply_ttl cn "$hoa")"
is "a new flow takes it" "$hoa" "$(source_of mn)"
json "one global address: a /128 without prefix route, valid for ever" "$flags" \
	'map([.local, .prefixlen, .noprefixroute, .valid_life_time, .preferred_life_time])' \
	"[[\"$hoa\",128,true,4294967295,4294967295]]"
json "M-04 optimistic, if the kernel's duplicate address detection still runs" "$flags" \
	'all(.[]; .tentative == null or .optimistic == true)'
is "one default route, by the DAR's link-local address" \
	"$(ip -n "$WORLD-dar1" -6 -j address show dev acc0 scope link |
		jq -r '.[].addr_info[]?.local // empty') 1" \
	"$(ip -n "$WORLD-mn" -6 -j route show default | jq -r '"\(.[0].gateway) \(length)"')"
is "no on-link route for the prefix" "" "$(ip -n "$WORLD-mn" -6 route show table all | grep '2001:db8:1::/64')"
is "the kernel has taken the RA's MTU" 1460 "$(run mn sysctl -n net.ipv6.conf.wlan0.mtu)"
is "no rule" "" "$(tunnels_of mn)"

json "show addresses" "$(node mn show addresses)" . \
	"[{\"address\":\"$hoa\",\"prefix\":\"2001:db8:1::/64\",\"hdar\":\"2001:db8:1::1\",\"current\":true,\"in_use\":$(
		node mn show addresses | jq '.[0].in_use')}]"
json "in_use is a boolean" "$(node mn show addresses)" '.[0].in_use | type' '"boolean"'
json "show bul is an empty array" "$(node mn show bul)" . '[]'
json "show status" "$(node mn show status)" '[.name, .role, .attached]' '["mn","mn",true]'
json "DAR1 has no binding" "$(ctl 1 show bindings)" . '[]'

# the address once more, from the key alone: protocol 3.2
is "M-01 M-03 the address is the CGA of the kept key and modifier" "$hoa" "$(
	cd "$HERE" && "$PYTHON" - "$key" "$(grep -ohE '[0-9a-f]{32}$' "$state"/modifier)" <<-'END'
		import sys
		import cga, mip6
		identity = cga.Identity.load(open(sys.argv[1], "rb").read(), bytes.fromhex(sys.argv[2]))
		print(mip6.text(identity.address(mip6.address("2001:db8:1::"))))
	END
)"
poll 4 "! ip -n $WORLD-mn -6 address show tentative | grep -q inet6"
is "duplicate address detection ended well" "" "$(ip -n "$WORLD-mn" -6 address show dadfailed)"
capture_stop mn
seen=$(wire mn mn)
json "RS: hop limit 255, from the link-local address, with SLLA" "$seen" \
	'[.[] | select(.out and .kind == "rs") | [.hops, .slla, .source[:4]]] | unique' \
	"[[255,\"$(mac_of mn)\",\"fe80\"]]"
json "it is answered and then none follows" "$seen" \
	'([.[] | select(.kind == "ra") | .t] | min) as $ra | [.[] | select(.kind == "rs" and .t > $ra)]' '[]'
timed "M-04 the address was probed, and used before the probe could end" "$seen" \
	"([.[] | select(.kind == \"ra\") | .t] | min) as \$ra |
	 any(.[]; .kind == \"ns\" and .out and .source == \"::\" and .target == \"$hoa\") and
	 any(.[]; .kind == \"native\" and .out and .source == \"$hoa\" and .t - \$ra < 0.95)" true
json "M-09 no Mobility Header was sent" "$seen" '[.[] | select(.kind == "bu" or .kind == "mh")]' '[]'
json "no ICMPv6 error left the node" "$seen" '[.[] | select(.out and .kind == "error")]' '[]'

node_stop mn
node_up mn
is "the key is kept: the same address after a restart" "$hoa" "$(arrive mn 1)"
finish
